import { useEffect, useEffectEvent, useState } from 'react';
import {
  commitLocalUpdate,
  graphql,
  requestSubscription,
  useFragment,
  useRelayEnvironment,
} from 'react-relay';
import type { RecordSourceSelectorProxy } from 'relay-runtime';
import { backoff } from '../relay/retryWait.ts';
import type { useGenerationStream_message$key } from './__generated__/useGenerationStream_message.graphql.ts';
import type { useGenerationStream_text$key } from './__generated__/useGenerationStream_text.graphql.ts';
import type { useGenerationStream_thinking$key } from './__generated__/useGenerationStream_thinking.graphql.ts';
import type { useGenerationStreamSubscription } from './__generated__/useGenerationStreamSubscription.graphql.ts';
import { splice } from './splice.ts';
import { isActive } from './status.ts';
import { allowRestart } from './streamRestarts.ts';

const subscription = graphql`
  subscription useGenerationStreamSubscription($id: ID!, $after: Int!) {
    generation(id: $id, after: $after) {
      offset
      delta
      cursor
      thinkingOffset
      thinkingDelta
      queuePosition
      generation {
        id
        status
        attempt
        finishReason
        canContinue
        toolCallCount
        toolCalls {
          id
          offset
          ...ToolCallCard_call
        }
        error {
          code
          message
        }
        usage {
          promptTokens
          completionTokens
          tokensPerSecond
          timeToFirstToken
          duration
        }
      }
    }
  }
`;

const text = graphql`
  fragment useGenerationStream_text on Message @updatable {
    content
  }
`;

const thinking = graphql`
  fragment useGenerationStream_thinking on Generation @updatable {
    thinking
    queuePosition
  }
`;

/**
 * Streams a running answer into its message in the store. Starts after the text that the store holds, so a reload or a
 * dropped socket resumes there. If an event leaves a gap, it subscribes again from the end of the held text. The
 * message's content is the only copy of the text.
 */
export const useGenerationStream = (key: useGenerationStream_message$key): void => {
  const message = useFragment(
    graphql`
      fragment useGenerationStream_message on Message {
        ...useGenerationStream_text
        generation {
          id
          status
          ...useGenerationStream_thinking
        }
      }
    `,
    key,
  );
  const environment = useRelayEnvironment();
  const [starts, setStarts] = useState(0);
  const id = message.generation?.id;
  const active = isActive(message.generation?.status);

  const heldLength = useEffectEvent((): number => {
    let length = 0;
    commitLocalUpdate(environment, (store) => {
      length = contentOf(store, message).content.length;
    });
    return length;
  });
  const apply = useEffectEvent((store: RecordSourceSelectorProxy, event: GenerationStep): boolean => {
    if (!message.generation) return true;
    const { updatableData: generation } = store.readUpdatableFragment<useGenerationStream_thinking$key>(
      thinking,
      message.generation,
    );
    generation.queuePosition = event.queuePosition;
    const held = contentOf(store, message);
    const heldThinking = generation.thinking ?? '';
    const nextThinking = splice(heldThinking, event.thinkingOffset, event.thinkingDelta);
    const next = splice(held.content, event.offset, event.delta);
    if (next === null || nextThinking === null) return false;
    // An attempt without thinking sends an empty delta at offset 0, which removes the previous attempt's thinking.
    if (nextThinking !== heldThinking) generation.thinking = nextThinking;
    if (next !== held.content) held.content = next;
    return true;
  });

  useEffect(() => {
    if (!id || !active) return;
    let retry: ReturnType<typeof setTimeout> | undefined;
    let whole = true;
    const again = (milliseconds: number) => {
      clearTimeout(retry);
      retry = setTimeout(() => setStarts((count) => count + 1), milliseconds);
    };
    const subscribed = requestSubscription<useGenerationStreamSubscription>(environment, {
      subscription,
      variables: { id, after: heldLength() },
      updater: (store, response) => {
        if (response) whole = apply(store, response.generation) && whole;
      },
      onNext: () => {
        if (!whole) again(0);
      },
      // The socket reconnects by itself. Here the server rejected or ended the subscription early: subscribe again.
      onError: () => again(backoff(Math.min(starts, 4) + 1)),
      onCompleted: () => again(backoff(2)),
    });
    const forbidRestart = allowRestart(id, () => again(0));
    return () => {
      forbidRestart();
      clearTimeout(retry);
      subscribed.dispose();
    };
  }, [environment, id, active, starts]);
};

type GenerationStep = useGenerationStreamSubscription['response']['generation'];

const contentOf = (store: RecordSourceSelectorProxy, message: useGenerationStream_text$key) =>
  store.readUpdatableFragment<useGenerationStream_text$key>(text, message).updatableData;

import { useCallback, useEffect, useRef, useState } from 'react';
import { commitMutation, graphql, useRelayEnvironment } from 'react-relay';
import { listId } from '../conversations/lists.ts';
import { refetchFoldersFor } from '../folders/refetchFolders.ts';
import { messageOf, RequestFailure } from '../relay/failure.ts';
import { patiently } from '../relay/patiently.ts';
import type {
  useImportMutation,
  useImportMutation$variables,
} from './__generated__/useImportMutation.graphql.ts';
import type { ImportConversation } from './formats/imported.ts';

const mutation = graphql`
  mutation useImportMutation($input: ImportConversationInput!, $lists: [ID!]!) {
    importConversation(input: $input) {
      existed
      conversationEdge @prependEdge(connections: $lists) {
        cursor
        node {
          id
          archived
          ...ConversationRows_conversations
        }
      }
    }
  }
`;

export interface ImportProgress {
  readonly done: number;
  readonly total: number;
  readonly existed: number;
  readonly failed: readonly { readonly title: string; readonly reason: string }[];
  readonly isRunning: boolean;
  /** Whether the server asked to wait. */
  readonly isWaiting: boolean;
}

/** The maximum messages and UTF-16 units of texts in one request. The server takes 100 messages. */
const [batchMessages, batchLength] = [100, 500_000];

/** How often a request is repeated that the server rejected as too early. */
const maxWaits = 100;

type Input = useImportMutation$variables['input'];

/** Returns the calls that import a conversation. The last one has the leaf, which completes the import. */
export const batchesOf = ({
  messages,
  leafKey,
  leftOut: _,
  ...fields
}: ImportConversation): readonly Input[] => {
  const batches: (typeof messages)[number][][] = [[]];
  let length = 0;
  for (const message of messages) {
    const batch = batches.at(-1) ?? [];
    const isFull = batch.length >= batchMessages || length + message.content.length > batchLength;
    if (isFull && batch.length > 0) {
      batches.push([message]);
      length = message.content.length;
    } else {
      batch.push(message);
      length += message.content.length;
    }
  }
  return batches.map((batch, index) => ({
    ...fields,
    tags: [...fields.tags],
    messages: batch,
    ...(index === batches.length - 1 && { leafKey }),
  }));
};

/** Imports conversations, one after another. Waits when the server asks to, and goes on after a failed one. */
export const useImport = () => {
  const environment = useRelayEnvironment();
  const [progress, setProgress] = useState<ImportProgress | null>(null);
  const stopped = useRef<AbortController | null>(null);
  useEffect(() => () => stopped.current?.abort(), []);

  const send = useCallback(
    (input: Input, isLast: boolean) =>
      new Promise<boolean>((resolve, reject) => {
        commitMutation<useImportMutation>(environment, {
          mutation,
          variables: { input, lists: isLast ? [listId()] : [] },
          onCompleted: ({ importConversation }) => {
            if (isLast && importConversation)
              refetchFoldersFor(environment, importConversation.conversationEdge.node.id);
            resolve(importConversation?.existed ?? false);
          },
          onError: reject,
        });
      }),
    [environment],
  );
  const start = useCallback(
    async (conversations: readonly ImportConversation[]) => {
      const controller = new AbortController();
      stopped.current?.abort();
      stopped.current = controller;
      const { signal } = controller;
      let state: ImportProgress = {
        done: 0,
        total: conversations.length,
        existed: 0,
        failed: [],
        isRunning: true,
        isWaiting: false,
      };
      const show = (changes: Partial<ImportProgress>) => {
        state = { ...state, ...changes };
        if (!signal.aborted) setProgress(state);
      };
      const onWaiting = (isWaiting: boolean) => show({ isWaiting });
      show({});
      for (const conversation of conversations) {
        if (signal.aborted) break;
        try {
          let existed = false;
          const batches = batchesOf(conversation);
          for (const [index, batch] of batches.entries()) {
            if (existed) continue;
            const isLast = index === batches.length - 1;
            existed = await patiently(() => send(batch, isLast), { signal, onWaiting, maxWaits });
          }
          show({ done: state.done + 1, existed: state.existed + Number(existed) });
        } catch (error) {
          if (signal.aborted) break;
          show({
            done: state.done + 1,
            failed: [...state.failed, { title: conversation.title, reason: messageOf(error) }],
          });
          // Further ones would fail too.
          if (
            error instanceof RequestFailure &&
            ['STORAGE_FULL', 'UNAUTHENTICATED', 'FORBIDDEN'].includes(error.code)
          )
            break;
        }
      }
      show({ isRunning: false, isWaiting: false });
    },
    [send],
  );
  const stop = useCallback(() => {
    stopped.current?.abort();
    setProgress((before) => before && { ...before, isRunning: false, isWaiting: false });
  }, []);
  return { progress, start, stop };
};

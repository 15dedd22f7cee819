import { type ReactNode, useMemo, useState, useTransition } from 'react';
import { graphql, readInlineData, usePaginationFragment, useSubscribeToInvalidationState } from 'react-relay';
import { useAttachments } from '../attachments/useAttachments.ts';
import { GenerationWatch } from '../generations/GenerationWatch.tsx';
import { isActive } from '../generations/status.ts';
import { useCancelGeneration } from '../generations/useCancelGeneration.ts';
import { Composer } from '../messages/Composer.tsx';
import { MessageList } from '../messages/MessageList.tsx';
import { focusComposer } from '../messages/messageFocus.ts';
import { QueuedMessageList } from '../messages/QueuedMessageList.tsx';
import { ReadOnly } from '../messages/ReadOnly.tsx';
import { useDraft } from '../messages/useDraft.ts';
import { maxQueued, useQueuedMessages } from '../messages/useQueuedMessages.ts';
import { useSendMessage } from '../messages/useSendMessage.ts';
import { useTargetMessage } from '../messages/useTargetMessage.ts';
import { Problem } from '../ui/Problem.tsx';
import type { ConversationView_conversation$key } from './__generated__/ConversationView_conversation.graphql.ts';
import type { ConversationView_message$key } from './__generated__/ConversationView_message.graphql.ts';
import { ContextGauge } from './ContextGauge.tsx';
import { useMissedMessages } from './useMissedMessages.ts';

const message = graphql`
  fragment ConversationView_message on Message @inline {
    id
    generation {
      id
      status
      attempt
      model
    }
    ...GenerationWatch_message
    ...MessageRow_message
  }
`;

export interface ConversationViewProps {
  readonly conversation: ConversationView_conversation$key;
  /** Whether the viewer may send messages. */
  readonly canAsk: boolean;
  readonly notice: ReactNode;
  readonly children: ReactNode;
}

const page = 30;
/** The page while a message far up is looked for. One of 100 exceeds the cost that an operation may have. */
const longPage = 60;

export const ConversationView = ({ conversation: key, canAsk, notice, children }: ConversationViewProps) => {
  const { data, loadPrevious, hasPrevious, isLoadingPrevious, refetch } = usePaginationFragment(
    graphql`
      fragment ConversationView_conversation on Conversation
      @argumentDefinitions(last: { type: "Int", defaultValue: 30 }, before: { type: "String" })
      @refetchable(queryName: "ConversationViewPaginationQuery") {
        id
        model
        messages(last: $last, before: $before) @connection(key: "ConversationView_messages") {
          edges {
            node {
              ...ConversationView_message
            }
          }
        }
      }
    `,
    key,
  );
  const { edges } = data.messages;
  const messages = useMemo(
    () => edges.map(({ node }) => readInlineData<ConversationView_message$key>(message, node)),
    [edges],
  );
  const last = messages.at(-1);
  // In a transition, because the page would be replaced by its skeleton otherwise, which loses the focus too.
  const [, startReading] = useTransition();
  const readAgain = () =>
    startReading(() => void refetch({ last: page }, { fetchPolicy: 'store-and-network' }));
  useSubscribeToInvalidationState([data.id], () => void readAgain());
  useMissedMessages(data.id, last ?? null, readAgain);
  const answering = last?.generation && isActive(last.generation.status) ? last.generation.id : null;
  const { cancel, isStopping } = useCancelGeneration(answering);
  const draft = useDraft(data.id);
  const attachments = useAttachments();
  const { send, isSending, pending, problem } = useSendMessage({
    conversationId: data.id,
    parentId: last?.id ?? null,
    onUnsent: (text) => {
      draft.restore(text);
      attachments.restore();
    },
  });
  const status = last?.generation?.status;
  const queued = useQueuedMessages({
    conversationId: data.id,
    isAnswering: answering !== null || isSending,
    isUsable: status !== 'FAILED' && status !== 'INTERRUPTED' && !problem,
    send,
  });
  const [firstInContext, setFirstInContext] = useState<string | null>(null);
  const target = useTargetMessage({
    conversationId: data.id,
    ids: messages.map(({ id }) => id),
    hasEarlier: hasPrevious,
    isLoadingEarlier: isLoadingPrevious,
    onLoadEarlier: () => loadPrevious(longPage),
  });
  const take = (index: number, use: (text: string) => void) => {
    const text = queued.texts[index];
    if (text === undefined) return;
    queued.remove(index);
    use(text);
    focusComposer();
  };
  return (
    <>
      {messages.map((each) =>
        // The last answer stays watched after its end, because its watch announces the end.
        each.generation && (each === last || isActive(each.generation.status)) ? (
          <GenerationWatch key={each.id} message={each} />
        ) : null,
      )}
      <MessageList
        messages={messages}
        pending={pending}
        firstInContext={firstInContext}
        target={target}
        hasEarlier={hasPrevious}
        isLoadingEarlier={isLoadingPrevious}
        onLoadEarlier={() => loadPrevious(page)}
      />
      {canAsk ? (
        <Composer
          draft={draft}
          attachments={attachments}
          onSend={send}
          onStop={answering ? cancel : null}
          isStopping={isStopping}
          isSending={isSending}
          {...(queued.texts.length < maxQueued && { onQueue: queued.add })}
          notice={
            <>
              {problem ? <Problem>{problem}</Problem> : notice}
              <QueuedMessageList
                texts={queued.texts}
                onEdit={(index) => take(index, draft.restore)}
                onRemove={(index) => take(index, () => {})}
                onSendFirst={answering || isSending ? null : () => take(0, send)}
              />
            </>
          }
        >
          {children}
          <ContextGauge
            conversationId={data.id}
            version={`${last?.id} ${status} ${data.model}`}
            onFirstMessage={setFirstInContext}
          />
        </Composer>
      ) : (
        <ReadOnly />
      )}
    </>
  );
};

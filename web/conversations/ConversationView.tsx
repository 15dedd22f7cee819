import { t } from '@lingui/core/macro';
import { lazy, type ReactNode, Suspense, useCallback, useMemo, useState, useTransition } from 'react';
import { graphql, readInlineData, usePaginationFragment, useSubscribeToInvalidationState } from 'react-relay';
import { useAttachments } from '../attachments/useAttachments.ts';
import { useComparison } from '../comparison/useComparison.ts';
import { GenerationWatch } from '../generations/GenerationWatch.tsx';
import { isActive } from '../generations/status.ts';
import { useCancelGeneration } from '../generations/useCancelGeneration.ts';
import { Composer } from '../messages/Composer.tsx';
import { temporaryDraft } from '../messages/drafts.ts';
import { MessageList } from '../messages/MessageList.tsx';
import { focusComposer } from '../messages/messageFocus.ts';
import { QueuedMessageList } from '../messages/QueuedMessageList.tsx';
import { ReadOnly } from '../messages/ReadOnly.tsx';
import { useDraft } from '../messages/useDraft.ts';
import { maxQueued, useQueuedMessages } from '../messages/useQueuedMessages.ts';
import { useSendMessage } from '../messages/useSendMessage.ts';
import { useTargetMessage } from '../messages/useTargetMessage.ts';
import { WaitingCalls } from '../tools/WaitingCalls.tsx';
import { Problem } from '../ui/Problem.tsx';
import type { ConversationView_conversation$key } from './__generated__/ConversationView_conversation.graphql.ts';
import type { ConversationView_message$key } from './__generated__/ConversationView_message.graphql.ts';
import { ContextGauge } from './ContextGauge.tsx';
import { useMissedMessages } from './useMissedMessages.ts';
import { useUpdateConversation } from './useUpdateConversation.ts';

const ComparisonLanes = lazy(async () => ({
  default: (await import('../comparison/ComparisonLanes.tsx')).ComparisonLanes,
}));

const message = graphql`
  fragment ConversationView_message on Message @inline {
    id
    generation {
      id
      status
      attempt
      model
    }
    siblings {
      id
    }
    ...GenerationWatch_message
    ...MessageRow_message
  }
`;

export interface ConversationViewProps {
  readonly conversation: ConversationView_conversation$key;
  /** Whether the viewer may send messages. */
  readonly canAsk: boolean;
  /** The models that answer the next message; empty for the conversation's own. */
  readonly compared: readonly string[];
  /** The tools that the next answer may call. */
  readonly tools: readonly string[];
  /** Called when the reader chose one of the answers that were compared. */
  readonly onPicked: () => void;
  readonly notice: ReactNode;
  readonly children: ReactNode;
}

const page = 25;
/** The page while a message far up is looked for. One of 100 exceeds the cost that an operation may have. */
const longPage = 60;

export const ConversationView = ({
  conversation: key,
  canAsk,
  compared,
  tools,
  onPicked,
  notice,
  children,
}: ConversationViewProps) => {
  const { data, loadPrevious, hasPrevious, isLoadingPrevious, refetch } = usePaginationFragment(
    graphql`
      fragment ConversationView_conversation on Conversation
      @argumentDefinitions(last: { type: "Int", defaultValue: 25 }, before: { type: "String" })
      @refetchable(queryName: "ConversationViewPaginationQuery") {
        id
        model
        ...useUpdateConversation_conversation
        temporary
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
  const {
    comparison,
    change,
    begin,
    show,
    stop: stopAsking,
  } = useComparison(data.id, messages.at(-2)?.id ?? null);
  const versions = last?.generation ? last.siblings.length : 0;
  const isComparing = comparison?.isShown === true && (versions > 1 || comparison.models.length > 1);
  const [laneIds, setLaneIds] = useState<readonly string[]>([]);
  const lastId = last?.generation && isActive(last.generation.status) ? last.generation.id : null;
  const answering = [...new Set([...(lastId ? [lastId] : []), ...(isComparing ? laneIds : [])])];
  const isAnswering = answering.length > 0 || (isComparing && comparison.waiting.length > 0);
  const { cancel, isStopping } = useCancelGeneration(answering);
  const stopAll = useCallback(() => {
    stopAsking();
    cancel();
  }, [stopAsking, cancel]);
  const update = useUpdateConversation(data);
  const onLanePicked = (model: string | null) => {
    if (model !== null && model !== data.model) update({ model });
    onPicked();
  };
  // A chat that is kept while it is open has the same draft still.
  const [draftName] = useState(data.temporary ? temporaryDraft(data.id) : data.id);
  const draft = useDraft(draftName);
  const attachments = useAttachments();
  const {
    send: sendTo,
    isSending,
    pending,
    problem,
  } = useSendMessage({
    conversationId: data.id,
    parentId: last?.id ?? null,
    tools,
    onUnsent: (text) => {
      draft.restore(text);
      attachments.restore();
    },
    onCompared: begin,
  });
  const send = useCallback(
    (text: string, files: readonly string[] = []) => sendTo(text, files, compared),
    [sendTo, compared],
  );
  const status = last?.generation?.status;
  const queued = useQueuedMessages({
    draftName,
    isAnswering: isAnswering || isSending,
    isUsable: status !== 'FAILED' && status !== 'INTERRUPTED' && !problem,
    send,
  });
  const [callToShow, setCallToShow] = useState<{ readonly id: string } | null>(null);
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
        call={callToShow}
        onCompare={versions > 1 ? show : null}
        comparison={
          isComparing && last ? (
            <Suspense fallback={<div role="status" aria-label={t`Loading the answers`} className="h-40" />}>
              <ComparisonLanes
                messageId={last.id}
                comparison={comparison}
                onChange={change}
                onRunning={setLaneIds}
                onPicked={onLanePicked}
              />
            </Suspense>
          ) : null
        }
        hasEarlier={hasPrevious}
        isLoadingEarlier={isLoadingPrevious}
        onLoadEarlier={() => loadPrevious(page)}
      />
      <Suspense fallback={null}>
        <WaitingCalls generationIds={answering} onShow={(id) => setCallToShow({ id })} />
      </Suspense>
      {canAsk ? (
        <Composer
          draft={draft}
          attachments={attachments}
          onSend={send}
          onStop={answering.length > 0 ? stopAll : null}
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
                onSendFirst={isAnswering || isSending ? null : () => take(0, send)}
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

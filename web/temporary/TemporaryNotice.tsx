import { Trans } from '@lingui/react/macro';
import { MessageCircleDashed } from 'lucide-react';
import { graphql, useFragment } from 'react-relay';
import { Button } from '../ui/Button.tsx';
import type { TemporaryNotice_conversation$key } from './__generated__/TemporaryNotice_conversation.graphql.ts';
import { useKeepConversation } from './useKeepConversation.ts';
import { useTemporaryLife } from './useTemporaryLife.ts';

/** Says that a conversation is temporary, and offers to keep it. Nothing for others. */
export const TemporaryNotice = ({
  conversation: key,
}: {
  conversation: TemporaryNotice_conversation$key;
}) => {
  const conversation = useFragment(
    graphql`
      fragment TemporaryNotice_conversation on Conversation {
        id
        temporary
        viewerCanUpdate
        ...useTemporaryLife_conversation
      }
    `,
    key,
  );
  useTemporaryLife(conversation);
  const { keep, isKeeping } = useKeepConversation(conversation.id);
  if (!conversation.temporary) return null;
  return (
    <div
      role="note"
      className="mx-auto mb-2 flex w-[calc(100%-2rem)] max-w-[45rem] flex-wrap items-center gap-x-3 gap-y-2 rounded-xl border border-dashed border-line-strong px-4 py-2 text-sm"
    >
      <MessageCircleDashed size={17} strokeWidth={1.75} aria-hidden="true" className="shrink-0 text-muted" />
      <p className="min-w-0 flex-1 basis-52 text-muted">
        <Trans>Temporary chat: it is deleted when you leave this page.</Trans>
      </p>
      {conversation.viewerCanUpdate && (
        <Button onClick={keep} busy={isKeeping}>
          <Trans>Keep this chat</Trans>
        </Button>
      )}
    </div>
  );
};

import { t } from '@lingui/core/macro';
import { LoaderCircle, Pin } from 'lucide-react';
import { graphql, useFragment } from 'react-relay';
import { NavLink } from 'react-router';
import type { ConversationRow_conversation$key } from './__generated__/ConversationRow_conversation.graphql.ts';
import { ConversationMenu } from './ConversationMenu.tsx';
import { chatPath } from './chatPath.ts';
import { useSelection } from './selection/selection.tsx';

export const ConversationRow = ({
  conversation: key,
}: {
  conversation: ConversationRow_conversation$key;
}) => {
  const conversation = useFragment(
    graphql`
      fragment ConversationRow_conversation on Conversation {
        id
        title
        pinned
        answering
        ...ConversationMenu_conversation
      }
    `,
    key,
  );
  const { ids, toggle } = useSelection();
  if (ids !== null) {
    return (
      <label className="flex h-full cursor-pointer items-center gap-2.5 rounded-lg px-2.5 hover:bg-hover has-checked:bg-accent-soft">
        <input
          type="checkbox"
          checked={ids.has(conversation.id)}
          onChange={() => toggle(conversation.id)}
          className="size-4 shrink-0 accent-accent"
        />
        <span dir="auto" className="truncate">
          {conversation.title}
        </span>
      </label>
    );
  }
  return (
    <div className="group relative h-full">
      <NavLink
        to={chatPath(conversation.id)}
        title={conversation.title}
        className="flex h-full items-center gap-2 rounded-lg ps-2.5 pe-9 pointer-coarse:pe-11 outline-offset-[-2px] group-hover:bg-hover aria-[current=page]:bg-accent-soft aria-[current=page]:font-medium"
      >
        <span dir="auto" className="truncate">
          {conversation.title}
        </span>
        {conversation.answering && (
          <LoaderCircle
            size={14}
            role="img"
            aria-label={t`Answering`}
            className="ms-auto shrink-0 animate-spin text-accent"
          />
        )}
        {conversation.pinned && (
          <Pin size={13} aria-label={t`Pinned`} className="shrink-0 rotate-45 text-muted" />
        )}
      </NavLink>
      <ConversationMenu
        conversation={conversation}
        className="absolute end-0.5 top-0.5 pointer-coarse:top-0 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 data-[state=open]:opacity-100 pointer-coarse:opacity-60"
      />
    </div>
  );
};

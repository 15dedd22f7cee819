import { t } from '@lingui/core/macro';
import { Pencil } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { graphql, useFragment } from 'react-relay';
import { MessageAttachments } from '../attachments/MessageAttachments.tsx';
import { CopyButton } from '../ui/CopyButton.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import type { UserMessage_message$key } from './__generated__/UserMessage_message.graphql.ts';
import { EditMessage } from './EditMessage.tsx';
import { messageActions } from './messageActions.ts';
import { focusComposer } from './messageFocus.ts';
import { UserBubble } from './UserBubble.tsx';

export interface UserMessageProps {
  readonly message: UserMessage_message$key;
  /** Switches between its versions. */
  readonly versions: ReactNode;
}

export const UserMessage = ({ message: key, versions }: UserMessageProps) => {
  const message = useFragment(
    graphql`
      fragment UserMessage_message on Message {
        id
        content
        viewerCanEdit
        ...MessageAttachments_message
      }
    `,
    key,
  );
  const [state, setState] = useState<'shown' | 'editing' | 'cancelled'>('shown');
  const edit = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (state === 'cancelled') edit.current?.focus({ preventScroll: true });
  }, [state]);
  if (state === 'editing') {
    const close = () => {
      setState('shown');
      focusComposer();
    };
    return (
      <EditMessage
        id={message.id}
        content={message.content}
        onSent={close}
        onCancel={() => setState('cancelled')}
      />
    );
  }
  return (
    <article aria-label={t`You`} className="group flex flex-col items-end">
      <MessageAttachments message={message} />
      <UserBubble text={message.content} />
      <div className={`mt-1 ${messageActions}`}>
        {versions}
        <CopyButton text={message.content} label={t`Copy message`} />
        {message.viewerCanEdit && (
          <IconButton
            ref={edit}
            icon={Pencil}
            label={t`Edit message`}
            compact
            onClick={() => setState('editing')}
          />
        )}
      </div>
    </article>
  );
};

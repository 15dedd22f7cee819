import { memo } from 'react';
import { graphql, useFragment } from 'react-relay';
import type { MessageRow_message$key } from './__generated__/MessageRow_message.graphql.ts';
import { AssistantMessage } from './AssistantMessage.tsx';
import { MessageVersions } from './MessageVersions.tsx';
import { UserMessage } from './UserMessage.tsx';

export interface MessageRowProps {
  readonly message: MessageRow_message$key;
  readonly isLast: boolean;
  readonly showsModel: boolean;
  /** Shows its versions side by side. Null where that is not possible. */
  readonly onCompare: (() => void) | null;
}

export const MessageRow = memo(({ message: key, isLast, showsModel, onCompare }: MessageRowProps) => {
  const message = useFragment(
    graphql`
      fragment MessageRow_message on Message {
        role
        ...AssistantMessage_message
        ...MessageVersions_message
        ...UserMessage_message
      }
    `,
    key,
  );
  // Of both kinds of messages: in each of their fragments, they would count twice towards the query's cost.
  const versions = <MessageVersions message={message} />;
  if (message.role === 'USER') return <UserMessage message={message} versions={versions} />;
  return message.role === 'ASSISTANT' ? (
    <AssistantMessage
      message={message}
      isLast={isLast}
      versions={versions}
      showsModel={showsModel}
      onCompare={onCompare}
    />
  ) : null;
});

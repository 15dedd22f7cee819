import { UserBubble } from './UserBubble.tsx';

/** A message that is being sent. It looks as it will once it is stored. */
export const PendingMessage = ({ text }: { text: string }) => (
  <div className="flex flex-col items-end pb-2">
    <UserBubble text={text} />
  </div>
);

/** A message that is being sent. It looks as it will once it is stored. */
export const PendingMessage = ({ text }: { text: string }) => (
  <div className="flex flex-col items-end pb-2">
    <UserBubble text={text} />
  </div>
);

export const UserBubble = ({ text }: { text: string }) => (
  <div className="max-w-[85%] rounded-2xl rounded-br-md bg-sunken px-4 py-2.5 text-base leading-relaxed whitespace-pre-wrap wrap-anywhere">
    {text}
  </div>
);

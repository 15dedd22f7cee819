/** A message on its way to the server. It looks as it will when it has arrived. */
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

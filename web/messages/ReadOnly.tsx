/** Replaces the message field for viewers, who may read but not send. */
export const ReadOnly = () => (
  <p className="mx-auto w-full max-w-3xl px-5 pb-6 text-center text-muted md:pb-8">
    Your account is to read. Ask an administrator if you would like to chat.
  </p>
);

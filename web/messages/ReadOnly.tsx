import { Trans } from '@lingui/react/macro';

/** Replaces the message field for viewers, who may read but not send. */
export const ReadOnly = () => (
  <p className="mx-auto w-full max-w-3xl px-5 pb-6 text-center text-muted md:pb-8">
    <Trans>Your account is read-only. Ask an administrator for permission to chat.</Trans>
  </p>
);

import { Trans } from '@lingui/react/macro';
import { useState } from 'react';
import { graphql, useFragment } from 'react-relay';
import { Button } from '../ui/Button.tsx';
import { dayOf } from '../ui/moments.ts';
import type { PasswordResetNotice_viewer$key } from './__generated__/PasswordResetNotice_viewer.graphql.ts';

const key = 'ziggie.password-reset.seen';

const readSeen = (): string | null => {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
};

const keepSeen = (mark: string): void => {
  try {
    localStorage.setItem(key, mark);
  } catch {
    // Without storage the notice comes back with the next page.
  }
};

/** A notice that an administrator created a password reset link for this account. It stays until it is dismissed. */
export const PasswordResetNotice = ({
  viewer: viewerKey,
}: {
  viewer: PasswordResetNotice_viewer$key | null | undefined;
}) => {
  const viewer = useFragment(
    graphql`
      fragment PasswordResetNotice_viewer on User {
        id
        lastPasswordReset {
          at
          by
        }
      }
    `,
    viewerKey ?? null,
  );
  const [seen, setSeen] = useState(readSeen);
  const reset = viewer?.lastPasswordReset;
  const mark = `${viewer?.id} ${reset?.at}`;
  if (!reset || seen === mark) return null;
  const [administrator, day] = [reset.by, dayOf(reset.at)];
  const dismiss = () => {
    keepSeen(mark);
    setSeen(mark);
  };
  return (
    <div
      role="alert"
      className="flex flex-wrap items-center gap-3 border-b border-line bg-raised px-4 py-3 text-sm"
    >
      <p className="min-w-0 flex-1">
        {administrator ? (
          <Trans>
            {administrator} created a link to choose a new password for your account on {day}. If you did not
            ask for it, change your password and tell your administrators.
          </Trans>
        ) : (
          <Trans>
            An administrator created a link to choose a new password for your account on {day}. If you did not
            ask for it, change your password and tell your administrators.
          </Trans>
        )}
      </p>
      <Button onClick={dismiss}>
        <Trans>Dismiss</Trans>
      </Button>
    </div>
  );
};

import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { type FormEvent, useEffect, useId } from 'react';
import { useLocation } from 'react-router';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { PasswordField } from '../ui/PasswordField.tsx';
import { Problem } from '../ui/Problem.tsx';
import { useTitle } from '../ui/useTitle.ts';
import { forgetSession } from './endedSession.ts';
import { hasEndedSession } from './returnTo.ts';
import { SingleSignOn, signOnProblem } from './SingleSignOn.tsx';
import { useSignIn } from './useSignIn.ts';
import { WelcomeFrame } from './WelcomeFrame.tsx';

export const SignInPage = () => {
  useTitle(t`Sign in`);
  const { signIn, isSigningIn, problem } = useSignIn();
  const { search } = useLocation();
  const shown = problem ?? (isSigningIn ? null : signOnProblem(search));
  const isEnded = shown === null && !isSigningIn && hasEndedSession(search);
  useEffect(forgetSession, []);
  const heading = useId();
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const entered = new FormData(event.currentTarget);
    signIn(String(entered.get('username')).trim(), String(entered.get('password')));
  };
  return (
    <WelcomeFrame
      title={t`Sign in`}
      text={t`Your models and conversations, on your own hardware.`}
      titleId={heading}
    >
      <form onSubmit={onSubmit} aria-labelledby={heading} className="mt-8 flex flex-col gap-5">
        <Field
          label={t`Username`}
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          required
          autoFocus
        />
        <PasswordField label={t`Password`} name="password" autoComplete="current-password" required />
        {isEnded && (
          <p role="status" className="rounded-lg bg-warn-soft px-3.5 py-2.5 text-warn">
            <Trans>
              You were signed out. Your session expired, or an administrator ended it or disabled your
              account. Sign in again to continue.
            </Trans>
          </p>
        )}
        {shown && <Problem>{shown}</Problem>}
        <Button type="submit" tone="accent" busy={isSigningIn} className="h-11 w-full">
          {isSigningIn ? t`Signing in…` : t`Sign in`}
        </Button>
      </form>
      <SingleSignOn />
      <p className="mt-8 text-sm text-muted">
        <Trans>
          First time here? The server printed the name and the password of its first user when it started.
        </Trans>
      </p>
    </WelcomeFrame>
  );
};

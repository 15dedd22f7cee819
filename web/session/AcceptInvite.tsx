import { t } from '@lingui/core/macro';
import { type FormEvent, useId } from 'react';
import { graphql } from 'react-relay';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { Problem } from '../ui/Problem.tsx';
import type { AcceptInviteMutation } from './__generated__/AcceptInviteMutation.graphql.ts';
import { passwordHint } from './passwordHint.ts';
import { useEnter } from './useEnter.ts';
import { WelcomeFrame } from './WelcomeFrame.tsx';

export const AcceptInvite = ({ secret }: { secret: string }) => {
  const { enter, isEntering, problem } = useEnter<AcceptInviteMutation>(graphql`
    mutation AcceptInviteMutation($input: AcceptInviteInput!) {
      acceptInvite(input: $input) {
        viewer {
          id
        }
      }
    }
  `);
  const heading = useId();
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const entered = new FormData(event.currentTarget);
    const username = String(entered.get('username')).trim();
    enter({ input: { secret, username, password: String(entered.get('password')) } });
  };
  return (
    <WelcomeFrame
      title={t`Welcome`}
      text={t`You are invited. Choose the name and the password to sign in with.`}
      titleId={heading}
    >
      <form onSubmit={onSubmit} aria-labelledby={heading} className="mt-8 flex flex-col gap-5">
        <Field
          label={t`Username`}
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          maxLength={64}
          required
          autoFocus
        />
        <Field
          label={t`Password`}
          name="password"
          type="password"
          autoComplete="new-password"
          minLength={12}
          hint={passwordHint()}
          required
        />
        {problem && <Problem>{problem}</Problem>}
        <Button type="submit" tone="accent" busy={isEntering} className="h-11 w-full">
          {isEntering ? t`One moment…` : t`Begin`}
        </Button>
      </form>
    </WelcomeFrame>
  );
};

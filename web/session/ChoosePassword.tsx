import { t } from '@lingui/core/macro';
import { type FormEvent, useId } from 'react';
import { graphql } from 'react-relay';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { Problem } from '../ui/Problem.tsx';
import type { ChoosePasswordMutation } from './__generated__/ChoosePasswordMutation.graphql.ts';
import { passwordHint } from './passwordHint.ts';
import { useEnter } from './useEnter.ts';
import { WelcomeFrame } from './WelcomeFrame.tsx';

export const ChoosePassword = ({ secret, username }: { secret: string; username: string }) => {
  const { enter, isEntering, problem } = useEnter<ChoosePasswordMutation>(graphql`
    mutation ChoosePasswordMutation($input: ChoosePasswordInput!) {
      choosePassword(input: $input) {
        viewer {
          id
        }
      }
    }
  `);
  const heading = useId();
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const password = String(new FormData(event.currentTarget).get('password'));
    enter({ input: { secret, password } });
  };
  return (
    <WelcomeFrame
      title={t`Choose a password`}
      text={t`For ${username}. You will be signed out everywhere else.`}
      titleId={heading}
    >
      <form onSubmit={onSubmit} aria-labelledby={heading} className="mt-8 flex flex-col gap-5">
        {/* Password managers file the new password under this name. */}
        <input type="text" name="username" value={username} autoComplete="username" readOnly hidden />
        <Field
          label={t`New password`}
          name="password"
          type="password"
          autoComplete="new-password"
          minLength={12}
          hint={passwordHint()}
          required
          autoFocus
        />
        {problem && <Problem>{problem}</Problem>}
        <Button type="submit" tone="accent" busy={isEntering} className="h-11 w-full">
          {isEntering ? t`One moment…` : t`Set the password`}
        </Button>
      </form>
    </WelcomeFrame>
  );
};

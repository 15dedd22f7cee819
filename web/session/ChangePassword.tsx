import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { type FormEvent, useRef } from 'react';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { Problem } from '../ui/Problem.tsx';
import { passwordHint } from './passwordHint.ts';
import { useChangePassword } from './useChangePassword.ts';

export const ChangePassword = ({ username }: { username: string }) => {
  const { changePassword, isChanging, problem } = useChangePassword();
  const form = useRef<HTMLFormElement>(null);
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const entered = new FormData(event.currentTarget);
    changePassword(String(entered.get('current')), String(entered.get('new')), () => form.current?.reset());
  };
  return (
    <form
      ref={form}
      onSubmit={onSubmit}
      aria-label={t`Change password`}
      className="flex max-w-sm flex-col gap-4"
    >
      {/* Password managers file the new password under this name. */}
      <input type="text" name="username" value={username} autoComplete="username" readOnly hidden />
      <Field
        label={t`Current password`}
        name="current"
        type="password"
        autoComplete="current-password"
        required
      />
      <Field
        label={t`New password`}
        name="new"
        type="password"
        autoComplete="new-password"
        minLength={12}
        hint={passwordHint()}
        required
      />
      {problem && <Problem>{problem}</Problem>}
      <Button type="submit" busy={isChanging} className="self-start">
        <Trans>Change password</Trans>
      </Button>
    </form>
  );
};

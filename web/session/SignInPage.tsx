import { type FormEvent, useId } from 'react';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { Logo } from '../ui/Logo.tsx';
import { Problem } from '../ui/Problem.tsx';
import { useTitle } from '../ui/useTitle.ts';
import { useSignIn } from './useSignIn.ts';

export const SignInPage = () => {
  useTitle('Sign in');
  const { signIn, isSigningIn, problem } = useSignIn();
  const heading = useId();
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const entered = new FormData(event.currentTarget);
    signIn(String(entered.get('username')).trim(), String(entered.get('password')));
  };
  return (
    <main className="flex min-h-full items-center justify-center bg-surface px-5 py-12">
      <div className="w-full max-w-[22rem]">
        <Logo className="mb-8 size-11" />
        <h1 id={heading} className="text-2xl font-semibold tracking-tight">
          Sign in
        </h1>
        <p className="mt-1.5 text-muted">Your models and conversations, on your own hardware.</p>
        <form onSubmit={onSubmit} aria-labelledby={heading} className="mt-8 flex flex-col gap-5">
          <Field
            label="Username"
            name="username"
            autoComplete="username"
            autoCapitalize="none"
            required
            autoFocus
          />
          <Field label="Password" name="password" type="password" autoComplete="current-password" required />
          {problem && <Problem>{problem}</Problem>}
          <Button type="submit" tone="accent" busy={isSigningIn} className="h-11 w-full">
            {isSigningIn ? 'Signing in…' : 'Sign in'}
          </Button>
        </form>
        <p className="mt-8 text-sm text-muted">
          First time here? The server printed the name and the password of its first user when it started.
        </p>
      </div>
    </main>
  );
};

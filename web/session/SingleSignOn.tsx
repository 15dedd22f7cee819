import { i18n, type MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Suspense } from 'react';
import { graphql, useLazyLoadQuery } from 'react-relay';
import { useLocation } from 'react-router';
import { ErrorBoundary } from '../ui/ErrorBoundary.tsx';
import type { SingleSignOnQuery } from './__generated__/SingleSignOnQuery.graphql.ts';
import { returnTo } from './returnTo.ts';

/** The button of the single sign-on provider. It loads by itself: the password form doesn't wait for it. */
export const SingleSignOn = () => (
  <ErrorBoundary fallback={() => null}>
    <Suspense fallback={null}>
      <ProviderButton />
    </Suspense>
  </ErrorBoundary>
);

const ProviderButton = () => {
  const { singleSignOn } = useLazyLoadQuery<SingleSignOnQuery>(
    graphql`
      query SingleSignOnQuery {
        singleSignOn {
          name
          url
        }
      }
    `,
    {},
  );
  const { search } = useLocation();
  if (!singleSignOn) return null;
  const provider = singleSignOn.name;
  const next = encodeURIComponent(returnTo(search));
  return (
    <div className="mt-6 flex animate-appear flex-col gap-6">
      <p className="flex items-center gap-3 text-sm text-muted before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
        <Trans comment="Between two ways to sign in">or</Trans>
      </p>
      <a
        href={`${singleSignOn.url}?next=${next}`}
        className="inline-flex h-11 w-full items-center justify-center rounded-lg border border-line-strong bg-raised px-3.5 font-medium hover:bg-hover"
      >
        <span className="truncate">
          <Trans>Sign in with {provider}</Trans>
        </span>
      </a>
    </div>
  );
};

const words: Readonly<Record<string, MessageDescriptor>> = {
  'provider-unavailable': msg`The sign-in provider does not answer. Try again in a moment, or sign in with a password.`,
  rejected: msg`The sign-in provider rejected the sign-in. Try again, or ask an administrator.`,
  failed: msg`The response of the sign-in provider could not be verified. Try again.`,
  expired: msg`Signing in took too long, or was begun in another browser. Try again.`,
  disabled: msg`Your account is disabled. Ask an administrator.`,
};

/** The error that the provider's redirect left in the page's address; null for none. */
export const signOnProblem = (search: string): string | null => {
  const problem = new URLSearchParams(search).get('problem') ?? '';
  const text = Object.hasOwn(words, problem) ? words[problem] : undefined;
  return text ? i18n._(text) : null;
};

import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Suspense } from 'react';
import { graphql } from 'react-relay';
import { messageOf } from '../relay/failure.ts';
import { useRouteQuery } from '../relay/useRouteQuery.ts';
import { WelcomeFrame } from '../session/WelcomeFrame.tsx';
import { AppSkeleton } from '../shell/AppSkeleton.tsx';
import { ErrorBoundary } from '../ui/ErrorBoundary.tsx';
import { dayOf } from '../ui/moments.ts';
import { useTitle } from '../ui/useTitle.ts';
import type { SharedPageQuery } from './__generated__/SharedPageQuery.graphql.ts';
import { SharedMessageList } from './SharedMessageList.tsx';

/** A shared conversation, for readers without an account. */
export const SharedPage = () => (
  <ErrorBoundary
    fallback={(error) => <WelcomeFrame title={t`The conversation can’t be shown`} text={messageOf(error)} />}
  >
    <Suspense fallback={<AppSkeleton />}>
      <Shared />
    </Suspense>
  </ErrorBoundary>
);

const Shared = () => {
  const query = useRouteQuery<SharedPageQuery>(graphql`
    query SharedPageQuery($secret: String!) @preloadable {
      sharedConversation(secret: $secret) {
        title
        sharedAt
      }
      ...SharedMessageList_query @arguments(secret: $secret)
    }
  `);
  const shared = query.sharedConversation;
  useTitle(shared?.title ?? t`Shared conversation`);
  if (!shared) {
    return (
      <WelcomeFrame
        title={t`This link is no longer valid`}
        text={t`It has expired, or it was revoked. Ask the person who sent it for a new one.`}
      />
    );
  }
  const day = dayOf(shared.sharedAt);
  return (
    <main className="h-full overflow-y-auto">
      <div className="mx-auto w-full max-w-3xl px-4 pt-8 pb-20 md:px-6">
        <header className="border-b border-line pb-5">
          <h1 dir="auto" className="text-2xl leading-tight font-semibold tracking-tight text-balance">
            {shared.title}
          </h1>
          <p className="mt-2 text-sm text-muted">
            <Trans>
              A shared conversation of {day}. Answers come from a language model and can be wrong.
            </Trans>
          </p>
        </header>
        <SharedMessageList query={query} />
      </div>
    </main>
  );
};

import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Suspense } from 'react';
import { graphql } from 'react-relay';
import { Link, useParams } from 'react-router';
import { useRouteQuery } from '../relay/useRouteQuery.ts';
import { useTitle } from '../ui/useTitle.ts';
import type { LinkPageQuery } from './__generated__/LinkPageQuery.graphql.ts';
import { AcceptInvite } from './AcceptInvite.tsx';
import { ChoosePassword } from './ChoosePassword.tsx';
import { WelcomeFrame } from './WelcomeFrame.tsx';

/** The page behind an invite link or a password reset link. */
export const LinkPage = () => (
  <Suspense fallback={null}>
    <OpenedLink />
  </Suspense>
);

const OpenedLink = () => {
  const { link } = useRouteQuery<LinkPageQuery>(graphql`
    query LinkPageQuery($secret: String!) @preloadable {
      link(secret: $secret) {
        kind
        username
      }
    }
  `);
  const { secret = '' } = useParams();
  const isInvite = link?.kind === 'INVITE';
  useTitle(isInvite ? t`Welcome` : t`Choose a password`);
  if (isInvite) return <AcceptInvite secret={secret} />;
  if (link) return <ChoosePassword secret={secret} username={link.username ?? ''} />;
  return (
    <WelcomeFrame
      title={t`This link is no longer valid`}
      text={t`It was already used, has expired, or was revoked. Ask an administrator for a new one.`}
    >
      <Link
        to="/login"
        className="mt-6 inline-block font-medium text-accent underline-offset-4 hover:underline"
      >
        <Trans>Sign in</Trans>
      </Link>
    </WelcomeFrame>
  );
};

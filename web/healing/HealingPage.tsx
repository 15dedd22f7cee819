import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { graphql } from 'react-relay';
import { Link } from 'react-router';
import { useRouteQuery } from '../relay/useRouteQuery.ts';
import { PageHeader } from '../shell/PageHeader.tsx';
import { useTitle } from '../ui/useTitle.ts';
import type { HealingPageQuery } from './__generated__/HealingPageQuery.graphql.ts';
import { HealingDetails } from './HealingDetails.tsx';

/** A failure of an agent, with the rounds so far and the decision of a person. */
export const HealingPage = () => {
  useTitle(t`A failure`);
  const { node } = useRouteQuery<HealingPageQuery>(graphql`
    query HealingPageQuery($id: ID!) @preloadable {
      node(id: $id) {
        ...HealingDetails_healing @alias(as: "healing")
      }
    }
  `);
  return (
    <div className="flex h-full flex-col">
      <PageHeader title={t`A failure`} />
      <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-12 md:px-6">
        <div className="mx-auto max-w-4xl">
          <p className="pt-2 pb-4">
            <Link to="/healing" className="text-accent hover:underline">
              <Trans>All agents</Trans>
            </Link>
          </p>
          {node?.healing ? (
            <HealingDetails healing={node.healing} />
          ) : (
            <p>
              <Trans>There is no such failure. Closed failures are deleted after a while.</Trans>
            </p>
          )}
        </div>
      </div>
    </div>
  );
};

import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { graphql } from 'react-relay';
import { Link } from 'react-router';
import { useRouteQuery } from '../relay/useRouteQuery.ts';
import { PageHeader } from '../shell/PageHeader.tsx';
import { useTitle } from '../ui/useTitle.ts';
import type { CollectionPageQuery } from './__generated__/CollectionPageQuery.graphql.ts';
import { CollectionDetails } from './CollectionDetails.tsx';
import { collectionsPath } from './paths.ts';

/** A collection with its documents. */
export const CollectionPage = () => {
  const { node } = useRouteQuery<CollectionPageQuery>(graphql`
    query CollectionPageQuery($id: ID!) @preloadable {
      node(id: $id) {
        ... on Collection {
          name
        }
        ...CollectionDetails_collection @alias(as: "collection")
      }
    }
  `);
  const name = node?.name ?? t`Collection`;
  useTitle(name);
  return (
    <div className="flex h-full flex-col">
      <PageHeader title={name} />
      <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-12 md:px-6">
        <div className="mx-auto max-w-4xl">
          <p className="pt-2 pb-4">
            <Link to={collectionsPath} className="text-accent hover:underline">
              <Trans>All collections</Trans>
            </Link>
          </p>
          {node?.collection ? (
            <CollectionDetails collection={node.collection} />
          ) : (
            <p>
              <Trans>This collection was deleted, or it is no longer shared with you.</Trans>
            </p>
          )}
        </div>
      </div>
    </div>
  );
};

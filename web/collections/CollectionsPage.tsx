import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { graphql } from 'react-relay';
import { useRouteQuery } from '../relay/useRouteQuery.ts';
import { PageHeader } from '../shell/PageHeader.tsx';
import { useTitle } from '../ui/useTitle.ts';
import type { CollectionsPageQuery } from './__generated__/CollectionsPageQuery.graphql.ts';
import { CollectionList } from './CollectionList.tsx';

export const CollectionsPage = () => {
  useTitle(t`Collections`);
  const query = useRouteQuery<CollectionsPageQuery>(graphql`
    query CollectionsPageQuery @preloadable {
      ...CollectionList_query
    }
  `);
  return (
    <div className="flex h-full flex-col">
      <PageHeader title={t`Collections`} />
      <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-12 md:px-6">
        <div className="mx-auto max-w-4xl">
          <p className="pt-2 pb-5 text-muted">
            <Trans>
              A collection keeps documents for many chats. Choose collections in the settings of a chat or of
              a folder: answers search them, and cite what they use.
            </Trans>
          </p>
          <CollectionList query={query} />
        </div>
      </div>
    </div>
  );
};

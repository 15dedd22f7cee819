import { t } from '@lingui/core/macro';
import { graphql } from 'react-relay';
import { useRouteQuery } from '../relay/useRouteQuery.ts';
import { useTitle } from '../ui/useTitle.ts';
import type { DockerRequestsPageQuery } from './__generated__/DockerRequestsPageQuery.graphql.ts';
import { DockerRequestList } from './DockerRequestList.tsx';

export const DockerRequestsPage = () => {
  useTitle(t`Docker requests`);
  const query = useRouteQuery<DockerRequestsPageQuery>(graphql`
    query DockerRequestsPageQuery @preloadable {
      ...DockerRequestList_query
    }
  `);
  return <DockerRequestList query={query} />;
};

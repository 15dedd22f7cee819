import { t } from '@lingui/core/macro';
import { graphql } from 'react-relay';
import { useRouteQuery } from '../relay/useRouteQuery.ts';
import { useTitle } from '../ui/useTitle.ts';
import type { ActivityPageQuery } from './__generated__/ActivityPageQuery.graphql.ts';
import { ActivityList } from './ActivityList.tsx';

export const ActivityPage = () => {
  useTitle(t`Activity`);
  const query = useRouteQuery<ActivityPageQuery>(graphql`
    query ActivityPageQuery @preloadable {
      ...ActivityList_query
    }
  `);
  return <ActivityList query={query} />;
};

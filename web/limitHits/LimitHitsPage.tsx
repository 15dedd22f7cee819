import { t } from '@lingui/core/macro';
import { graphql } from 'react-relay';
import { useRouteQuery } from '../relay/useRouteQuery.ts';
import { useTitle } from '../ui/useTitle.ts';
import type { LimitHitsPageQuery } from './__generated__/LimitHitsPageQuery.graphql.ts';
import { LimitHitList } from './LimitHitList.tsx';

export const LimitHitsPage = () => {
  useTitle(t`Limits hit`);
  const query = useRouteQuery<LimitHitsPageQuery>(graphql`
    query LimitHitsPageQuery @preloadable {
      ...LimitHitList_query
    }
  `);
  return <LimitHitList query={query} />;
};

import { t } from '@lingui/core/macro';
import { graphql } from 'react-relay';
import { useRouteQuery } from '../relay/useRouteQuery.ts';
import { useTitle } from '../ui/useTitle.ts';
import type { LegalHoldsPageQuery } from './__generated__/LegalHoldsPageQuery.graphql.ts';
import { LegalHoldList } from './LegalHoldList.tsx';

export const LegalHoldsPage = () => {
  useTitle(t`Legal holds`);
  const query = useRouteQuery<LegalHoldsPageQuery>(graphql`
    query LegalHoldsPageQuery @preloadable {
      ...LegalHoldList_query
    }
  `);
  return <LegalHoldList query={query} />;
};

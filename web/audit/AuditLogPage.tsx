import { t } from '@lingui/core/macro';
import { graphql } from 'react-relay';
import { useRouteQuery } from '../relay/useRouteQuery.ts';
import { useTitle } from '../ui/useTitle.ts';
import type { AuditLogPageQuery } from './__generated__/AuditLogPageQuery.graphql.ts';
import { AuditEventList } from './AuditEventList.tsx';

export const AuditLogPage = () => {
  useTitle(t`Audit log`);
  const query = useRouteQuery<AuditLogPageQuery>(graphql`
    query AuditLogPageQuery @preloadable {
      ...AuditEventList_query
    }
  `);
  return <AuditEventList query={query} />;
};

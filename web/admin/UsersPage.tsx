import { t } from '@lingui/core/macro';
import { graphql } from 'react-relay';
import { useRouteQuery } from '../relay/useRouteQuery.ts';
import { useTitle } from '../ui/useTitle.ts';
import type { UsersPageQuery } from './__generated__/UsersPageQuery.graphql.ts';
import { InviteList } from './InviteList.tsx';
import { UserList } from './UserList.tsx';

export const UsersPage = () => {
  useTitle(t`Users`);
  const query = useRouteQuery<UsersPageQuery>(graphql`
    query UsersPageQuery @preloadable {
      ...UserList_query
      ...InviteList_query
    }
  `);
  return (
    <>
      <UserList query={query} />
      <InviteList query={query} />
    </>
  );
};

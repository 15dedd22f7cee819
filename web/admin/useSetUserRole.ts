import { useCallback } from 'react';
import { graphql, useMutation } from 'react-relay';
import { messageOf } from '../relay/failure.ts';
import { useNotify } from '../ui/Notices.tsx';
import type { useSetUserRoleMutation } from './__generated__/useSetUserRoleMutation.graphql.ts';
import type { ChosenRole } from './roles.ts';

export const useSetUserRole = (id: string) => {
  const [commit] = useMutation<useSetUserRoleMutation>(graphql`
    mutation useSetUserRoleMutation($input: SetUserRoleInput!) {
      setUserRole(input: $input) {
        user {
          role
          ...QuotaForm_user
          ...UserQuotas_user
        }
      }
    }
  `);
  const notify = useNotify();
  return useCallback(
    (role: ChosenRole) =>
      commit({
        variables: { input: { id, role } },
        onError: (error) => notify({ text: messageOf(error) }),
      }),
    [commit, id, notify],
  );
};

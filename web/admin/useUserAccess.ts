import { useCallback } from 'react';
import { graphql, useMutation } from 'react-relay';
import { messageOf } from '../relay/failure.ts';
import { useNotify } from '../ui/Notices.tsx';
import type { useUserAccessDisableMutation } from './__generated__/useUserAccessDisableMutation.graphql.ts';
import type { useUserAccessEnableMutation } from './__generated__/useUserAccessEnableMutation.graphql.ts';

/** Disables or enables a user. */
export const useUserAccess = (id: string) => {
  const [commitDisable] = useMutation<useUserAccessDisableMutation>(graphql`
    mutation useUserAccessDisableMutation($input: DisableUserInput!) {
      disableUser(input: $input) {
        user {
          status
        }
      }
    }
  `);
  const [commitEnable] = useMutation<useUserAccessEnableMutation>(graphql`
    mutation useUserAccessEnableMutation($input: EnableUserInput!) {
      enableUser(input: $input) {
        user {
          status
        }
      }
    }
  `);
  const notify = useNotify();
  const onError = useCallback((error: Error) => notify({ text: messageOf(error) }), [notify]);
  const disable = useCallback(
    () => void commitDisable({ variables: { input: { id } }, onError }),
    [commitDisable, id, onError],
  );
  const enable = useCallback(
    () => void commitEnable({ variables: { input: { id } }, onError }),
    [commitEnable, id, onError],
  );
  return { disable, enable };
};

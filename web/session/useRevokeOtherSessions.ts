import { plural } from '@lingui/core/macro';
import { useCallback } from 'react';
import { graphql, useMutation } from 'react-relay';
import { messageOf } from '../relay/failure.ts';
import { useNotify } from '../ui/Notices.tsx';
import type { useRevokeOtherSessionsMutation } from './__generated__/useRevokeOtherSessionsMutation.graphql.ts';

export const useRevokeOtherSessions = (onRevoked: () => void) => {
  const [commit, isRevoking] = useMutation<useRevokeOtherSessionsMutation>(graphql`
    mutation useRevokeOtherSessionsMutation($input: RevokeOtherSessionsInput!) {
      revokeOtherSessions(input: $input) {
        ended
      }
    }
  `);
  const notify = useNotify();
  const revokeOthers = useCallback(
    () =>
      commit({
        variables: { input: {} },
        onCompleted: ({ revokeOtherSessions }) => {
          const ended = revokeOtherSessions?.ended ?? 0;
          onRevoked();
          notify({
            text: plural(ended, { one: 'One session is ended.', other: '# sessions are ended.' }),
          });
        },
        onError: (error) => notify({ text: messageOf(error) }),
      }),
    [commit, notify, onRevoked],
  );
  return { revokeOthers, isRevoking };
};

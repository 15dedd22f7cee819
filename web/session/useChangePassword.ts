import { t } from '@lingui/core/macro';
import { useCallback, useState } from 'react';
import { graphql, useMutation } from 'react-relay';
import { messageOf } from '../relay/failure.ts';
import { useNotify } from '../ui/Notices.tsx';
import type { useChangePasswordMutation } from './__generated__/useChangePasswordMutation.graphql.ts';

export const useChangePassword = () => {
  const [commit, isChanging] = useMutation<useChangePasswordMutation>(graphql`
    mutation useChangePasswordMutation($input: ChangePasswordInput!) {
      changePassword(input: $input) {
        viewer {
          id
        }
      }
    }
  `);
  const [problem, setProblem] = useState<string | null>(null);
  const notify = useNotify();
  const changePassword = useCallback(
    (currentPassword: string, newPassword: string, onChanged: () => void) => {
      setProblem(null);
      commit({
        variables: { input: { currentPassword, newPassword } },
        onCompleted: () => {
          onChanged();
          notify({ text: t`Password changed.` });
        },
        onError: (error) => setProblem(messageOf(error)),
      });
    },
    [commit, notify],
  );
  return { changePassword, isChanging, problem };
};

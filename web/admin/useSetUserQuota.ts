import { useCallback, useState } from 'react';
import { graphql, useMutation } from 'react-relay';
import { messageOf } from '../relay/failure.ts';
import type { useSetUserQuotaMutation } from './__generated__/useSetUserQuotaMutation.graphql.ts';

/** In tokens; null for the role's limit. */
export interface OwnQuota {
  readonly day: number | null;
  readonly month: number | null;
}

export const useSetUserQuota = (id: string, onDone: () => void) => {
  const [commit, isSaving] = useMutation<useSetUserQuotaMutation>(graphql`
    mutation useSetUserQuotaMutation($input: SetUserQuotaInput!) {
      setUserQuota(input: $input) {
        user {
          id
          ...QuotaForm_user
          ...UserQuotas_user
        }
      }
    }
  `);
  const [problem, setProblem] = useState<string | null>(null);
  const save = useCallback(
    (quota: OwnQuota) => {
      setProblem(null);
      commit({
        variables: { input: { id, ...quota } },
        onCompleted: onDone,
        onError: (error) => setProblem(messageOf(error)),
      });
    },
    [commit, id, onDone],
  );
  const forget = useCallback(() => setProblem(null), []);
  return { save, isSaving, problem, forget };
};

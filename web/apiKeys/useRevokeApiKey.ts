import { useCallback } from 'react';
import { graphql, useMutation } from 'react-relay';
import { wordsFor } from '../relay/failure.ts';
import { useNotify } from '../ui/Notices.tsx';
import type { useRevokeApiKeyMutation } from './__generated__/useRevokeApiKeyMutation.graphql.ts';

export const useRevokeApiKey = (id: string) => {
  const [commit, isRevoking] = useMutation<useRevokeApiKeyMutation>(graphql`
    mutation useRevokeApiKeyMutation($input: RevokeApiKeyInput!) {
      revokeApiKey(input: $input) {
        deletedApiKeyId @deleteRecord
      }
    }
  `);
  const notify = useNotify();
  const revoke = useCallback(
    () =>
      commit({
        variables: { input: { id } },
        onError: (error) => notify({ text: wordsFor(error) }),
      }),
    [commit, id, notify],
  );
  return { revoke, isRevoking };
};

import { useCallback } from 'react';
import { graphql } from 'react-relay';
import { useCommit } from '../relay/useCommit.ts';
import type { useRevokeApiKeyMutation } from './__generated__/useRevokeApiKeyMutation.graphql.ts';

export const useRevokeApiKey = (id: string) => {
  const [commit, isRevoking] = useCommit<useRevokeApiKeyMutation>(graphql`
    mutation useRevokeApiKeyMutation($input: RevokeApiKeyInput!) {
      revokeApiKey(input: $input) {
        deletedApiKeyId @deleteRecord
      }
    }
  `);
  const revoke = useCallback(() => commit({ input: { id } }), [commit, id]);
  return { revoke, isRevoking };
};

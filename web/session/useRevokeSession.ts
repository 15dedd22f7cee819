import { useCallback } from 'react';
import { graphql } from 'react-relay';
import { useCommit } from '../relay/useCommit.ts';
import type { useRevokeSessionMutation } from './__generated__/useRevokeSessionMutation.graphql.ts';

export const useRevokeSession = (id: string) => {
  const [commit, isRevoking] = useCommit<useRevokeSessionMutation>(graphql`
    mutation useRevokeSessionMutation($input: RevokeSessionInput!) {
      revokeSession(input: $input) {
        deletedSessionId @deleteRecord
      }
    }
  `);
  const revoke = useCallback(() => commit({ input: { id } }), [commit, id]);
  return { revoke, isRevoking };
};

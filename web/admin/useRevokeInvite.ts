import { useCallback } from 'react';
import { graphql } from 'react-relay';
import { useCommit } from '../relay/useCommit.ts';
import type { useRevokeInviteMutation } from './__generated__/useRevokeInviteMutation.graphql.ts';

export const useRevokeInvite = (id: string) => {
  const [commit, isRevoking] = useCommit<useRevokeInviteMutation>(graphql`
    mutation useRevokeInviteMutation($input: RevokeInviteInput!) {
      revokeInvite(input: $input) {
        deletedInviteId @deleteRecord
      }
    }
  `);
  const revoke = useCallback(() => commit({ input: { id } }), [commit, id]);
  return { revoke, isRevoking };
};

import { useCallback } from 'react';
import { graphql } from 'react-relay';
import { useCommit } from '../relay/useCommit.ts';
import type { useReleaseLegalHoldMutation } from './__generated__/useReleaseLegalHoldMutation.graphql.ts';

export const useReleaseLegalHold = (id: string) => {
  const [commit, isReleasing] = useCommit<useReleaseLegalHoldMutation>(graphql`
    mutation useReleaseLegalHoldMutation($input: ReleaseLegalHoldInput!) {
      releaseLegalHold(input: $input) {
        deletedLegalHoldId @deleteRecord
      }
    }
  `);
  const release = useCallback(() => commit({ input: { id } }), [commit, id]);
  return { release, isReleasing };
};

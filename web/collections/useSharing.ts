import { useCallback } from 'react';
import { graphql } from 'react-relay';
import { useCommit } from '../relay/useCommit.ts';
import type { useSharingShareMutation } from './__generated__/useSharingShareMutation.graphql.ts';
import type { useSharingWithdrawMutation } from './__generated__/useSharingWithdrawMutation.graphql.ts';

/** Shares a collection with everyone, and ends that. */
export const useSharing = (id: string) => {
  const [commitShare, isSharing] = useCommit<useSharingShareMutation>(graphql`
    mutation useSharingShareMutation($input: ShareCollectionInput!) {
      shareCollection(input: $input) {
        collection {
          id
          sharedWithEveryone
          viewerCanUpdate
          viewerCanShare
          viewerCanWithdraw
        }
      }
    }
  `);
  const [commitWithdraw, isWithdrawing] = useCommit<useSharingWithdrawMutation>(graphql`
    mutation useSharingWithdrawMutation($input: WithdrawCollectionInput!) {
      withdrawCollection(input: $input) {
        collection {
          id
          sharedWithEveryone
          viewerCanUpdate
          viewerCanShare
          viewerCanWithdraw
        }
      }
    }
  `);
  const share = useCallback(() => commitShare({ input: { id } }), [commitShare, id]);
  const withdraw = useCallback(() => commitWithdraw({ input: { id } }), [commitWithdraw, id]);
  return { share, withdraw, isBusy: isSharing || isWithdrawing };
};

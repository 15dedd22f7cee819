import { t } from '@lingui/core/macro';
import { useCallback } from 'react';
import { graphql, useMutation } from 'react-relay';
import { useNavigate } from 'react-router';
import { messageOf } from '../relay/failure.ts';
import { useCommit } from '../relay/useCommit.ts';
import { useNotify } from '../ui/Notices.tsx';
import type { useSharingShareMutation } from './__generated__/useSharingShareMutation.graphql.ts';
import type { useSharingWithdrawMutation } from './__generated__/useSharingWithdrawMutation.graphql.ts';
import { collectionsPath } from './paths.ts';

/** Shares a collection with everyone, and ends that. Goes to the list if the viewer may not see it any more then. */
export const useSharing = (id: string) => {
  const notify = useNotify();
  const navigate = useNavigate();
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
  const [commitWithdraw, isWithdrawing] = useMutation<useSharingWithdrawMutation>(graphql`
    mutation useSharingWithdrawMutation($input: WithdrawCollectionInput!) {
      withdrawCollection(input: $input) {
        collection {
          id
          sharedWithEveryone
          viewerCanUpdate
          viewerCanDelete
          viewerCanShare
          viewerCanWithdraw
        }
      }
    }
  `);
  const share = useCallback(() => commitShare({ input: { id } }), [commitShare, id]);
  const withdraw = useCallback(() => {
    let isGone = false;
    commitWithdraw({
      variables: { input: { id } },
      updater: (store, data) => {
        // An administrator withdraws collections of others, too, and doesn't see them afterwards.
        isGone = data?.withdrawCollection?.collection.viewerCanDelete === false;
        if (isGone) store.delete(id);
      },
      onCompleted: () => {
        if (!isGone) return;
        notify({ text: t`Collection no longer shared.` });
        void navigate(collectionsPath);
      },
      onError: (error) => notify({ text: messageOf(error) }),
    });
  }, [commitWithdraw, id, navigate, notify]);
  return { share, withdraw, isBusy: isSharing || isWithdrawing };
};

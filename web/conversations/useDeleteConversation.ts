import { useCallback } from 'react';
import { useMatch, useNavigate } from 'react-router';
import { chatPath } from './chatPath.ts';
import { usePendingDeletions } from './selection/pendingDeletions.tsx';

/** Deletes a conversation, which can be undone for some seconds. Leaves its page if it is open. */
export const useDeleteConversation = (id: string) => {
  const isOpen = useMatch('/chat/:id')?.params.id === id;
  const navigate = useNavigate();
  const { deleteLater } = usePendingDeletions();
  return useCallback(async () => {
    // First, because the next page may take a while to load, and this page can be closed or reloaded meanwhile.
    deleteLater([id], () => {
      if (isOpen) void navigate(chatPath(id));
    });
    if (isOpen) await navigate('/', { replace: true });
  }, [deleteLater, id, isOpen, navigate]);
};

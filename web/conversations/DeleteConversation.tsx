import { Confirm } from '../ui/Confirm.tsx';
import { useDeleteConversation } from './useDeleteConversation.ts';

export interface DeleteConversationProps {
  readonly open: boolean;
  readonly id: string;
  readonly title: string;
  readonly onClose: () => void;
}

export const DeleteConversation = ({ open, id, title, onClose }: DeleteConversationProps) => {
  const deleteConversation = useDeleteConversation(id);
  return (
    <Confirm
      open={open}
      title="Delete this conversation?"
      description={`“${title}” and all its messages will be permanently deleted.`}
      action="Delete"
      onConfirm={() => void deleteConversation()}
      onClose={onClose}
    />
  );
};

import { AlertDialog } from 'radix-ui';
import { Button } from '../ui/Button.tsx';
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
    <AlertDialog.Root open={open} onOpenChange={(stays) => !stays && onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="fixed inset-0 z-40 animate-appear bg-black/35" />
        <AlertDialog.Content className="fixed top-1/2 left-1/2 z-50 w-[calc(100vw-2rem)] max-w-md -translate-1/2 animate-appear rounded-2xl border border-line bg-raised p-6 shadow-float">
          <AlertDialog.Title className="text-lg font-semibold tracking-tight">
            Delete this conversation?
          </AlertDialog.Title>
          <AlertDialog.Description className="mt-2 text-muted wrap-anywhere">
            “{title}” and all its messages will be gone for good.
          </AlertDialog.Description>
          <div className="mt-6 flex justify-end gap-2">
            <AlertDialog.Cancel asChild>
              <Button>Cancel</Button>
            </AlertDialog.Cancel>
            <AlertDialog.Action asChild>
              <Button tone="danger" onClick={() => void deleteConversation()}>
                Delete
              </Button>
            </AlertDialog.Action>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
};

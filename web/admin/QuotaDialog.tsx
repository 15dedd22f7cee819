import { t } from '@lingui/core/macro';
import { graphql, useFragment } from 'react-relay';
import { Modal } from '../ui/Modal.tsx';
import type { QuotaDialog_user$key } from './__generated__/QuotaDialog_user.graphql.ts';
import { QuotaForm } from './QuotaForm.tsx';
import { useSetUserQuota } from './useSetUserQuota.ts';

export interface QuotaDialogProps {
  readonly user: QuotaDialog_user$key;
  readonly open: boolean;
  readonly onClose: () => void;
}

/** Sets a user's own quotas in place of the role's. The dialog stays open while saving, to show the result. */
export const QuotaDialog = ({ user: key, open, onClose }: QuotaDialogProps) => {
  const user = useFragment(
    graphql`
      fragment QuotaDialog_user on User {
        id
        username
        ...QuotaForm_user
      }
    `,
    key,
  );
  const { username } = user;
  const { save, isSaving, problem, forget } = useSetUserQuota(user.id, onClose);
  const close = () => {
    if (isSaving) return;
    forget();
    onClose();
  };
  return (
    <Modal
      open={open}
      onOpenChange={close}
      title={t`Quota of ${username}`}
      description={t`How many tokens ${username} may use, prompts and answers together.`}
    >
      <QuotaForm user={user} busy={isSaving} problem={problem} onSubmit={save} onCancel={close} />
    </Modal>
  );
};

import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { graphql, useFragment } from 'react-relay';
import { Button } from '../ui/Button.tsx';
import { Modal } from '../ui/Modal.tsx';
import type { CreateApiKey_viewer$key } from './__generated__/CreateApiKey_viewer.graphql.ts';
import { ApiKeyForm } from './ApiKeyForm.tsx';
import { NewApiKey } from './NewApiKey.tsx';
import { useCreateApiKey } from './useCreateApiKey.ts';

export interface CreateApiKeyProps {
  readonly viewer: CreateApiKey_viewer$key;
  /** The list that the key is added to. */
  readonly connection: string;
}

export const CreateApiKey = ({ viewer: key, connection }: CreateApiKeyProps) => {
  const viewer = useFragment(
    graphql`
      fragment CreateApiKey_viewer on User {
        viewerCanGenerate
        viewerCanManageUsers
      }
    `,
    key,
  );
  const [isOpen, setOpen] = useState(false);
  const { create, isCreating, secret, problem, forget } = useCreateApiKey(connection);
  const onOpenChange = (opens: boolean) => {
    setOpen(opens);
    // Closing the dialog removes the key from the page.
    forget();
  };
  return (
    <>
      <Button onClick={() => onOpenChange(true)}>
        <KeyRound size={16} strokeWidth={1.75} aria-hidden="true" />
        <Trans>New key</Trans>
      </Button>
      <Modal
        open={isOpen}
        onOpenChange={onOpenChange}
        title={secret ? t`Your key is ready` : t`New API key`}
        description={
          secret
            ? t`Copy the key now: it is not shown again. A program that has it can use its permissions.`
            : t`A key never has more rights than you. It can’t create other keys or change a password.`
        }
      >
        {secret ? (
          <NewApiKey secret={secret} onDone={() => onOpenChange(false)} />
        ) : (
          <ApiKeyForm
            allowed={[
              ...(viewer.viewerCanGenerate ? (['CHAT'] as const) : []),
              'READ',
              ...(viewer.viewerCanManageUsers ? (['ADMIN'] as const) : []),
            ]}
            busy={isCreating}
            problem={problem}
            onSubmit={create}
            onCancel={() => onOpenChange(false)}
          />
        )}
      </Modal>
    </>
  );
};

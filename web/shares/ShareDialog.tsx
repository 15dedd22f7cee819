import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { type FormEvent, useState } from 'react';
import { graphql, useMutation } from 'react-relay';
import { Link } from 'react-router';
import { serverAddress } from '../relay/basePath.ts';
import { messageOf } from '../relay/failure.ts';
import { Button } from '../ui/Button.tsx';
import { Modal } from '../ui/Modal.tsx';
import { periodOf } from '../ui/moments.ts';
import { Problem } from '../ui/Problem.tsx';
import { SecretText } from '../ui/SecretText.tsx';
import { Select } from '../ui/Select.tsx';
import type { ShareDialogMutation } from './__generated__/ShareDialogMutation.graphql.ts';

export interface ShareDialogProps {
  readonly open: boolean;
  readonly conversationId: string;
  readonly onClose: () => void;
}

/** How long a link may be valid, in days. */
const periods = [1, 7, 30, 365];

/** Creates a read-only link to a conversation, and shows it once. */
export const ShareDialog = ({ open, conversationId, onClose }: ShareDialogProps) => (
  <Modal
    open={open}
    onOpenChange={(stays) => !stays && onClose()}
    title={t`Share this conversation`}
    description={t`Anyone who has the link can read the messages up to now, without signing in. It shows neither your name nor later messages.`}
  >
    <Content conversationId={conversationId} onClose={onClose} />
  </Modal>
);

const Content = ({ conversationId, onClose }: Omit<ShareDialogProps, 'open'>) => {
  const [commit, isSharing] = useMutation<ShareDialogMutation>(graphql`
    mutation ShareDialogMutation($input: ShareConversationInput!) {
      shareConversation(input: $input) {
        path
        url
        shareEdge {
          node {
            id
            expiresAt
          }
        }
      }
    }
  `);
  const [link, setLink] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setProblem(null);
    const days = Number(new FormData(event.currentTarget).get('days'));
    commit({
      variables: { input: { conversationId, days } },
      onCompleted: ({ shareConversation }) => {
        if (!shareConversation) return;
        const { url, path } = shareConversation;
        setLink(url ?? `${window.location.origin}${serverAddress(path)}`);
      },
      onError: (error) => setProblem(messageOf(error)),
    });
  };
  if (link !== null) {
    return (
      <div className="flex flex-col gap-5">
        <SecretText label={t`The link`} text={link} copyLabel={t`Copy the link`} />
        <p className="text-sm text-muted">
          <Trans>
            It is shown only now. You can revoke it in the{' '}
            <Link to="/settings" className="font-medium text-accent underline-offset-4 hover:underline">
              settings
            </Link>
            .
          </Trans>
        </p>
        <div className="flex justify-end">
          <Button tone="accent" onClick={onClose}>
            <Trans>Done</Trans>
          </Button>
        </div>
      </div>
    );
  }
  return (
    <form onSubmit={onSubmit} className="flex flex-col gap-5">
      <Select label={t`The link is valid for`} name="days" defaultValue={30}>
        {periods.map((days) => (
          <option key={days} value={days}>
            {days === 365 ? periodOf(1, 'year') : periodOf(days, 'day')}
          </option>
        ))}
      </Select>
      {problem && <Problem>{problem}</Problem>}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>
          <Trans>Cancel</Trans>
        </Button>
        <Button type="submit" tone="accent" busy={isSharing}>
          {isSharing ? t`Creating…` : t`Create link`}
        </Button>
      </div>
    </form>
  );
};

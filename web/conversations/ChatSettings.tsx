import { t } from '@lingui/core/macro';
import { SlidersHorizontal } from 'lucide-react';
import { useState } from 'react';
import { graphql, useFragment } from 'react-relay';
import { dialogOnDemand } from '../ui/dialogOnDemand.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import type { ChatSettings_conversation$key } from './__generated__/ChatSettings_conversation.graphql.ts';

const ChatSettingsDialog = dialogOnDemand(
  async () => (await import('./ChatSettingsDialog.tsx')).ChatSettingsDialog,
);

/** Opens the settings of a conversation. */
export const ChatSettings = ({ conversation: key }: { conversation: ChatSettings_conversation$key }) => {
  const conversation = useFragment(
    graphql`
      fragment ChatSettings_conversation on Conversation {
        viewerCanUpdate
        ...ChatSettingsDialog_conversation
      }
    `,
    key,
  );
  const [isOpen, setOpen] = useState(false);
  if (!conversation.viewerCanUpdate) return null;
  return (
    <>
      <IconButton icon={SlidersHorizontal} label={t`Chat settings`} compact onClick={() => setOpen(true)} />
      <ChatSettingsDialog open={isOpen} onOpenChange={setOpen} conversation={conversation} />
    </>
  );
};

import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Braces, FileText, Printer } from 'lucide-react';
import { useState } from 'react';
import { useRelayEnvironment } from 'react-relay';
import { serverAddress } from '../relay/basePath.ts';
import { messageOf } from '../relay/failure.ts';
import { Button } from '../ui/Button.tsx';
import { Modal } from '../ui/Modal.tsx';
import { Problem } from '../ui/Problem.tsx';
import { saveFile } from '../ui/saveFile.ts';
import { fileNameOf, toJson, toMarkdown } from './conversationFile.ts';
import { fetchConversation } from './fetchConversation.ts';

export interface ExportDialogProps {
  readonly open: boolean;
  readonly conversationId: string;
  readonly onClose: () => void;
}

/** Saves a conversation as a file, or opens it for printing. */
export const ExportDialog = ({ open, conversationId, onClose }: ExportDialogProps) => {
  const environment = useRelayEnvironment();
  const [isSaving, setSaving] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const save = async (kind: 'md' | 'json') => {
    setSaving(true);
    setProblem(null);
    try {
      const conversation = await fetchConversation(environment, conversationId);
      const name = fileNameOf(conversation.title, kind);
      if (kind === 'md') saveFile(toMarkdown(conversation), 'text/markdown;charset=utf-8', name);
      else saveFile(toJson(conversation), 'application/json', name);
      onClose();
    } catch (error) {
      setProblem(messageOf(error));
    } finally {
      setSaving(false);
    }
  };
  return (
    <Modal
      open={open}
      onOpenChange={(stays) => !stays && onClose()}
      title={t`Export this conversation`}
      description={t`The export has the version of the messages that you see.`}
    >
      <div className="flex flex-col gap-2">
        <Button busy={isSaving} onClick={() => void save('md')} className="h-11">
          <FileText size={16} aria-hidden="true" />
          Markdown
        </Button>
        <Button busy={isSaving} onClick={() => void save('json')} className="h-11">
          <Braces size={16} aria-hidden="true" />
          JSON
        </Button>
        <Button
          className="h-11"
          onClick={() => {
            window.open(serverAddress(`/print/${encodeURIComponent(conversationId)}`), '_blank', 'noopener');
            onClose();
          }}
        >
          <Printer size={16} aria-hidden="true" />
          <Trans>PDF, by printing</Trans>
        </Button>
        {problem && <Problem>{problem}</Problem>}
      </div>
    </Modal>
  );
};

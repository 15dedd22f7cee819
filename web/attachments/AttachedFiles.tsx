import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { FileText, Image as ImageIcon, X } from 'lucide-react';
import { IconButton } from '../ui/IconButton.tsx';
import { describeFile } from './describeFile.ts';
import { IndexingProgress } from './IndexingProgress.tsx';
import type { AttachedFile } from './useAttachments.ts';

export interface AttachedFilesProps {
  readonly files: readonly AttachedFile[];
  readonly onRemove: (key: number) => void;
}

/** The files of the message being written, with progress and problems. */
export const AttachedFiles = ({ files, onRemove }: AttachedFilesProps) =>
  files.length === 0 ? null : (
    <ul aria-label={t`Attached files`} className="flex flex-wrap gap-2 px-3 pt-3">
      {files.map(({ key, name, problem, uploaded, progress }) => (
        <li
          key={key}
          className={`flex max-w-full items-center gap-2 rounded-xl bg-sunken py-1 ps-3 pe-1 text-sm ${problem ? 'ring-1 ring-danger' : ''}`}
        >
          <FileIcon format={uploaded?.format} />
          <span className="min-w-0">
            <span dir="auto" className="block max-w-60 truncate font-medium">
              {name}
            </span>
            <FileState name={name} problem={problem} uploaded={uploaded} progress={progress} />
          </span>
          <IconButton
            icon={X}
            compact
            label={uploaded || problem ? t`Remove ${name}` : t`Cancel the upload of ${name}`}
            onClick={() => onRemove(key)}
          />
        </li>
      ))}
    </ul>
  );

export const FileIcon = ({ format }: { format: string | undefined }) => {
  const Icon = format === 'IMAGE' ? ImageIcon : FileText;
  return <Icon size={16} strokeWidth={1.75} aria-hidden="true" className="shrink-0 text-muted" />;
};

const FileState = ({ name, progress, problem, uploaded }: Omit<AttachedFile, 'key'>) => {
  if (problem) {
    return (
      <span role="alert" className="block max-w-80 text-danger">
        {problem}
      </span>
    );
  }
  if (uploaded) {
    return (
      <>
        <span className="block text-muted">{describeFile(uploaded)}</span>
        {uploaded.tokens > 0 && <IndexingProgress id={uploaded.id} name={name} />}
      </>
    );
  }
  return progress < 1 ? (
    <progress
      aria-label={t`Upload of ${name}`}
      value={progress}
      max={1}
      className="block h-1.5 w-32 accent-accent"
    />
  ) : (
    <span role="status" className="block text-muted">
      <Trans comment="The server reads the file">Reading…</Trans>
    </span>
  );
};

import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { useId, useState } from 'react';
import { PageHeader } from '../shell/PageHeader.tsx';
import { Problem } from '../ui/Problem.tsx';
import { useTitle } from '../ui/useTitle.ts';
import { ImportPreview } from './ImportPreview.tsx';
import { ImportReport } from './ImportReport.tsx';
import { useExportFile } from './useExportFile.ts';
import { useImport } from './useImport.ts';

/** Imports the export files of other apps: first a preview, then the import with its progress and report. */
export const ImportPage = () => {
  useTitle(t`Import`);
  const { open, opened, isReading, problem } = useExportFile();
  const { progress, start, stop } = useImport();
  const [isSending, setSending] = useState(false);
  const fieldId = useId();
  const isRunning = progress?.isRunning === true;
  return (
    <div className="flex h-full flex-col">
      <PageHeader title={t`Import conversations`} />
      <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-16 md:px-6">
        <div className="mx-auto max-w-3xl pt-4">
          <p className="text-muted">
            <Trans>
              Choose the JSON file of an export of ChatGPT or Claude (conversations.json in the ZIP archive),
              Open WebUI, LibreChat or Ziggie. All versions of the messages are imported; images and files
              aren’t.
            </Trans>
          </p>
          <label htmlFor={fieldId} className="mt-5 mb-1.5 block text-sm font-medium">
            <Trans comment="The label of the field for a file that another app exported">Export file</Trans>
          </label>
          <input
            id={fieldId}
            type="file"
            accept=".json,application/json"
            disabled={isRunning}
            onChange={({ target }) => {
              const file = target.files?.[0];
              setSending(false);
              if (file) open(file);
            }}
            className="block w-full rounded-lg border border-line-strong bg-raised p-2 text-base file:me-3 file:h-9 file:rounded-md file:border-0 file:bg-sunken file:px-3 file:font-medium disabled:opacity-50"
          />
          {isReading && (
            <p role="status" className="mt-4 text-muted">
              <Trans>Reading the file…</Trans>
            </p>
          )}
          {problem && (
            <div className="mt-4">
              <Problem>{problem}</Problem>
            </div>
          )}
          {opened && !isSending && (
            <ImportPreview
              key={opened.name}
              file={opened}
              onImport={(conversations) => {
                setSending(true);
                void start(conversations);
              }}
            />
          )}
          {isSending && progress && <ImportReport progress={progress} onStop={stop} />}
        </div>
      </div>
    </div>
  );
};

import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { dayOf } from '../ui/moments.ts';
import type { ImportConversation } from './formats/imported.ts';
import type { OpenedFile } from './useExportFile.ts';

export interface ImportPreviewProps {
  readonly file: OpenedFile;
  readonly onImport: (conversations: readonly ImportConversation[]) => void;
}

/** Returns `1 conversation` or `1,234 conversations`. */
export const conversationsOf = (count: number): string =>
  count === 1 ? '1 conversation' : `${count.toLocaleString('en')} conversations`;

/** The maximum rows that are shown. All are imported. */
const shown = 500;

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** Returns what the import leaves out, as sentences. */
const leftOutOf = ({ parsed: { conversations, empty, beyond } }: OpenedFile): readonly string[] => {
  const count = (what: 'messages' | 'attachments' | 'cut') =>
    sum(conversations.map(({ leftOut }) => leftOut[what]));
  const words: readonly (readonly [number, string])[] = [
    [count('attachments'), 'images and files'],
    [count('messages'), 'messages of tools or without text'],
    [count('cut'), 'texts cut to 1,000,000 characters'],
    [empty, 'conversations without messages'],
    [beyond, 'conversations above the maximum of one file'],
  ];
  return words
    .filter(([number]) => number > 0)
    .map(([number, text]) => `${number.toLocaleString('en')} ${text}`);
};

/** Shows what a file contains, and lets conversations be chosen. */
export const ImportPreview = ({ file, onImport }: ImportPreviewProps) => {
  const { conversations, app } = file.parsed;
  const fresh = conversations.filter(({ sourceKey }) => !file.known.has(sourceKey));
  const [excluded, setExcluded] = useState<ReadonlySet<string>>(() => new Set());
  const chosen = fresh.filter(({ sourceKey }) => !excluded.has(sourceKey));
  const leftOut = leftOutOf(file);
  const toggle = (key: string) => {
    const next = new Set(excluded);
    if (!next.delete(key)) next.add(key);
    setExcluded(next);
  };
  return (
    <section aria-label={t`Preview`} className="mt-6">
      <p role="status">
        <Trans>
          {file.name} from {app}: {conversationsOf(conversations.length)},{' '}
          {(conversations.length - fresh.length).toLocaleString('en')} of them imported before.
        </Trans>
      </p>
      {leftOut.length > 0 && (
        <p className="mt-1 text-sm text-muted">
          <Trans>Left out: {leftOut.join(', ')}.</Trans>
        </p>
      )}
      <ul
        aria-label={t`Conversations of the file`}
        className="mt-4 max-h-96 divide-y divide-line overflow-y-auto border-y border-line"
      >
        {conversations.slice(0, shown).map(({ sourceKey, title, messages, updatedAt }) => {
          const isKnown = file.known.has(sourceKey);
          return (
            <li key={sourceKey}>
              <label className="flex min-h-11 items-center gap-3 py-2">
                <input
                  type="checkbox"
                  disabled={isKnown}
                  checked={!isKnown && !excluded.has(sourceKey)}
                  onChange={() => toggle(sourceKey)}
                  className="size-4 shrink-0 accent-accent"
                />
                <span className="min-w-0 flex-1">
                  <span dir="auto" className="block truncate">
                    {title}
                  </span>
                  <span className="block text-sm text-muted">
                    <Trans>
                      {messages.length} messages, {dayOf(updatedAt)}
                    </Trans>
                    {isKnown && t`, imported before`}
                  </span>
                </span>
              </label>
            </li>
          );
        })}
      </ul>
      {conversations.length > shown && (
        <p className="mt-2 text-sm text-muted">
          <Trans>And {(conversations.length - shown).toLocaleString('en')} more.</Trans>
        </p>
      )}
      <Button tone="accent" className="mt-5" disabled={chosen.length === 0} onClick={() => onImport(chosen)}>
        <Trans>Import {conversationsOf(chosen.length)}</Trans>
      </Button>
    </section>
  );
};

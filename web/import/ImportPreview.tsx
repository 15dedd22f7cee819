import { plural, t } from '@lingui/core/macro';
import { Plural, Trans } from '@lingui/react/macro';
import { useState } from 'react';
import { locale } from '../language/language.ts';
import { Button } from '../ui/Button.tsx';
import { dayOf } from '../ui/moments.ts';
import { type ImportConversation, maxContent } from './formats/imported.ts';
import type { OpenedFile } from './useExportFile.ts';

export interface ImportPreviewProps {
  readonly file: OpenedFile;
  readonly onImport: (conversations: readonly ImportConversation[]) => void;
}

/** The maximum rows that are shown. All are imported. */
const shown = 500;

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** Returns a list of what the import leaves out; empty if it is nothing. */
const leftOutOf = ({ parsed: { conversations, empty, beyond } }: OpenedFile): string => {
  const total = (what: 'messages' | 'attachments' | 'cut') =>
    sum(conversations.map(({ leftOut }) => leftOut[what]));
  const [attachments, messages, cut] = [total('attachments'), total('messages'), total('cut')];
  const limit = maxContent.toLocaleString(locale());
  const parts = [
    attachments > 0 && plural(attachments, { one: '# image or file', other: '# images and files' }),
    messages > 0 &&
      plural(messages, {
        one: '# message of a tool or without text',
        other: '# messages of tools or without text',
      }),
    cut > 0 &&
      plural(cut, { one: `# text cut to ${limit} characters`, other: `# texts cut to ${limit} characters` }),
    empty > 0 &&
      plural(empty, { one: '# conversation without messages', other: '# conversations without messages' }),
    beyond > 0 &&
      plural(beyond, {
        one: '# conversation above the maximum of one file',
        other: '# conversations above the maximum of one file',
      }),
  ].filter((part) => part !== false);
  return new Intl.ListFormat(locale(), { type: 'unit', style: 'short' }).format(parts);
};

const detailsOf = (count: number, updatedAt: string, isKnown: boolean): string => {
  const day = dayOf(updatedAt);
  return isKnown
    ? plural(count, {
        one: `# message, ${day}, imported before`,
        other: `# messages, ${day}, imported before`,
      })
    : plural(count, { one: `# message, ${day}`, other: `# messages, ${day}` });
};

/** Shows what a file contains, and lets conversations be chosen. */
export const ImportPreview = ({ file, onImport }: ImportPreviewProps) => {
  const { conversations, app } = file.parsed;
  const fresh = conversations.filter(({ sourceKey }) => !file.known.has(sourceKey));
  const [excluded, setExcluded] = useState<ReadonlySet<string>>(() => new Set());
  const chosen = fresh.filter(({ sourceKey }) => !excluded.has(sourceKey));
  const leftOut = leftOutOf(file);
  const { name } = file;
  const [total, known] = [conversations.length, conversations.length - fresh.length];
  const [more, chosenCount] = [total - shown, chosen.length];
  const toggle = (key: string) => {
    const next = new Set(excluded);
    if (!next.delete(key)) next.add(key);
    setExcluded(next);
  };
  return (
    <section aria-label={t`Preview`} className="mt-6">
      <p role="status">
        <Trans>
          {name} from {app}: <Plural value={total} one="# conversation" other="# conversations" />,{' '}
          <Plural value={known} other="# of them imported before" />.
        </Trans>
      </p>
      {leftOut !== '' && (
        <p className="mt-1 text-sm text-muted">
          <Trans>Left out: {leftOut}.</Trans>
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
                    {detailsOf(messages.length, updatedAt, isKnown)}
                  </span>
                </span>
              </label>
            </li>
          );
        })}
      </ul>
      {more > 0 && (
        <p className="mt-2 text-sm text-muted">
          <Plural value={more} one="And # more." other="And # more." />
        </p>
      )}
      <Button tone="accent" className="mt-5" disabled={chosen.length === 0} onClick={() => onImport(chosen)}>
        <Plural value={chosenCount} one="Import # conversation" other="Import # conversations" />
      </Button>
    </section>
  );
};

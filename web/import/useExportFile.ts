import { i18n, type MessageDescriptor } from '@lingui/core';
import { msg, t } from '@lingui/core/macro';
import { useCallback, useEffect, useRef, useState } from 'react';
import { fetchQuery, graphql, useRelayEnvironment } from 'react-relay';
import { locale } from '../language/language.ts';
import { messageOf } from '../relay/failure.ts';
import type { useExportFileQuery } from './__generated__/useExportFileQuery.graphql.ts';
import { type ImportProblem, maxFileBytes, type ParsedFile } from './formats/parse.ts';

const query = graphql`
  query useExportFileQuery($sourceKeys: [String!]!) {
    importedConversations(sourceKeys: $sourceKeys)
  }
`;

/** The maximum number of keys in one query: the server's. */
const keysPerQuery = 100;

export interface OpenedFile {
  readonly name: string;
  readonly parsed: ParsedFile;
  /** The keys of conversations that were imported before. */
  readonly known: ReadonlySet<string>;
}

type Answer = { readonly parsed: ParsedFile } | { readonly problem: ImportProblem };

const problems: Readonly<Record<ImportProblem, MessageDescriptor>> = {
  NOT_JSON: msg`This file is not JSON. If your export is a ZIP archive, unpack it first and choose the conversations.json in it.`,
  UNKNOWN_FORMAT: msg`This file has no conversations in a known format. Choose the JSON file of an export of ChatGPT or Claude (conversations.json), Open WebUI, LibreChat or Ziggie.`,
  UNREADABLE: msg`This file could not be read. Try it again.`,
};

const withTitles = (parsed: ParsedFile): ParsedFile => ({
  ...parsed,
  conversations: parsed.conversations.map((conversation) =>
    conversation.title === '' ? { ...conversation, title: t`Imported conversation` } : conversation,
  ),
});

/** Reads an export file in a worker, and looks up which of its conversations were imported before. */
export const useExportFile = () => {
  const environment = useRelayEnvironment();
  const [opened, setOpened] = useState<OpenedFile | null>(null);
  const [isReading, setReading] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const worker = useRef<Worker | null>(null);
  useEffect(() => () => worker.current?.terminate(), []);

  const findKnown = useCallback(
    async ({ conversations }: ParsedFile): Promise<ReadonlySet<string>> => {
      const known = new Set<string>();
      for (let from = 0; from < conversations.length; from += keysPerQuery) {
        const sourceKeys = conversations.slice(from, from + keysPerQuery).map(({ sourceKey }) => sourceKey);
        const data = await fetchQuery<useExportFileQuery>(environment, query, { sourceKeys }).toPromise();
        for (const key of data?.importedConversations ?? []) known.add(key);
      }
      return known;
    },
    [environment],
  );
  const open = useCallback(
    (file: File) => {
      worker.current?.terminate();
      setOpened(null);
      setProblem(null);
      if (file.size > maxFileBytes) {
        const limit = (maxFileBytes / 1_000_000).toLocaleString(locale(), {
          style: 'unit',
          unit: 'megabyte',
        });
        setProblem(t`This file is larger than ${limit}. Export fewer conversations at once.`);
        return;
      }
      setReading(true);
      const reader = new Worker(new URL('./parseWorker.ts', import.meta.url), { type: 'module' });
      worker.current = reader;
      const end = (text: string | null) => {
        reader.terminate();
        setReading(false);
        setProblem(text);
      };
      reader.onerror = () => end(i18n._(problems.UNREADABLE));
      reader.onmessage = async ({ data }: MessageEvent<Answer>) => {
        if ('problem' in data) return end(i18n._(problems[data.problem]));
        try {
          const known = await findKnown(data.parsed);
          if (worker.current !== reader) return;
          setOpened({ name: file.name, parsed: withTitles(data.parsed), known });
          end(null);
        } catch (error) {
          end(messageOf(error));
        }
      };
      reader.postMessage(file);
    },
    [findKnown],
  );
  return { open, opened, isReading, problem };
};

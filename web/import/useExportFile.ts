import { useCallback, useEffect, useRef, useState } from 'react';
import { fetchQuery, graphql, useRelayEnvironment } from 'react-relay';
import { messageOf } from '../relay/failure.ts';
import type { useExportFileQuery } from './__generated__/useExportFileQuery.graphql.ts';
import { maxFileBytes, type ParsedFile } from './formats/parse.ts';

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

type Answer = { readonly parsed: ParsedFile } | { readonly problem: string };

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
        setProblem(
          `This file is larger than ${maxFileBytes / 1_000_000} MB. Export fewer conversations at once.`,
        );
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
      reader.onerror = () => end('This file could not be read. Try it again.');
      reader.onmessage = async ({ data }: MessageEvent<Answer>) => {
        if ('problem' in data) return end(data.problem);
        try {
          const known = await findKnown(data.parsed);
          if (worker.current !== reader) return;
          setOpened({ name: file.name, parsed: data.parsed, known });
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

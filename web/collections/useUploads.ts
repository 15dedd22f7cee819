import { useCallback, useEffect, useRef, useState } from 'react';
import { commitMutation, graphql, useRelayEnvironment } from 'react-relay';
import { deleteUploaded, nameOf, uploadFile } from '../attachments/uploadFile.ts';
import { messageOf, RequestFailure } from '../relay/failure.ts';
import { patiently } from '../relay/patiently.ts';
import type { useUploadsMutation } from './__generated__/useUploadsMutation.graphql.ts';

/** A file on its way into a collection. */
export interface CollectionUpload {
  readonly key: number;
  readonly name: string;
  /** The sent share, from 0 to 1; at 1 the server reads the file. */
  readonly progress: number;
  /** Whether it waits for the server's rate limit. */
  readonly isWaiting: boolean;
  /** Why it was not added; null so far. */
  readonly problem: string | null;
}

/** How often an upload waits for the rate limit before it fails. */
const maxWaits = 5;

/** Uploads files into a collection, one after the other: the server reads only a few at once. */
export const useUploads = (collectionId: string, connection: string) => {
  const environment = useRelayEnvironment();
  const [uploads, setUploads] = useState<readonly CollectionUpload[]>([]);
  const lastKey = useRef(0);
  const last = useRef<Promise<void>>(Promise.resolve());
  const leaving = useRef(new AbortController());
  useEffect(() => {
    const controller = new AbortController();
    leaving.current = controller;
    return () => controller.abort();
  }, []);

  const change = useCallback(
    (key: number, fields: Partial<CollectionUpload>) =>
      setUploads((all) => all.map((upload) => (upload.key === key ? { ...upload, ...fields } : upload))),
    [],
  );
  const dismiss = useCallback(
    (key: number) => setUploads((all) => all.filter((upload) => upload.key !== key)),
    [],
  );

  const put = useCallback(
    (id: string) =>
      new Promise<void>((resolve, reject) => {
        commitMutation<useUploadsMutation>(environment, {
          mutation: graphql`
            mutation useUploadsMutation($input: AddDocumentsInput!, $lists: [ID!]!) {
              addDocuments(input: $input) {
                documentEdges @prependEdge(connections: $lists) {
                  cursor
                  node {
                    id
                    name
                    format
                    size
                    pages
                    tokens
                    url
                  }
                }
                collection {
                  id
                  ...CollectionIndexing_collection
                }
              }
            }
          `,
          variables: { input: { collectionId, attachments: [id] }, lists: [connection] },
          onCompleted: () => resolve(),
          onError: reject,
        });
      }),
    [environment, collectionId, connection],
  );

  const send = useCallback(
    async (key: number, file: File, signal: AbortSignal) => {
      try {
        signal.throwIfAborted();
        const patience = {
          signal,
          onWaiting: (isWaiting: boolean) => change(key, { isWaiting }),
          maxWaits,
        };
        const onProgress = (progress: number) => change(key, { progress });
        const { id } = await patiently(() => uploadFile(file, { signal, onProgress }), patience);
        try {
          await patiently(() => put(id), patience);
        } catch (error) {
          // It would count towards the storage for days.
          deleteUploaded(id);
          throw error;
        }
        dismiss(key);
      } catch (error) {
        // The error of an upload is written for the reader already.
        const problem = error instanceof RequestFailure ? messageOf(error) : (error as Error).message;
        if (!signal.aborted) change(key, { problem });
      }
    },
    [change, dismiss, put],
  );

  const add = useCallback(
    (files: readonly File[]) => {
      const { signal } = leaving.current;
      for (const file of files) {
        lastKey.current += 1;
        const key = lastKey.current;
        setUploads((all) => [
          ...all,
          { key, name: nameOf(file), progress: 0, isWaiting: false, problem: null },
        ]);
        last.current = last.current.then(() => send(key, file, signal));
      }
    },
    [send],
  );
  return { uploads, add, dismiss };
};

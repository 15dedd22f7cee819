import { plural } from '@lingui/core/macro';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { deleteUploaded, nameOf, type UploadedFile, uploadFile } from './uploadFile.ts';

/** A file that is attached to the message being written. */
export interface AttachedFile {
  readonly key: number;
  readonly name: string;
  /** The sent share, from 0 to 1; at 1 the server reads the file. */
  readonly progress: number;
  /** Null until the server has read it. */
  readonly uploaded: UploadedFile | null;
  /** Why it can't be attached; null if it can. */
  readonly problem: string | null;
}

export interface AttachmentsDraft {
  readonly files: readonly AttachedFile[];
  /** Whether a file is still on its way, or was rejected. */
  readonly isBlocked: boolean;
  /** Uploads files. Returns why some were left out; null if none. */
  readonly add: (files: readonly File[]) => string | null;
  /** Removes a file, and cancels its upload. */
  readonly remove: (key: number) => void;
  /** Empties the draft. Returns the ids of its files. */
  readonly take: () => readonly string[];
  /** Puts back what was taken, because the message could not be sent. */
  readonly restore: () => void;
}

/** The maximum number of files of a message, as the server has it. */
export const maxAttachments = 10;

/** Keeps the files of the message being written. They are lost on a reload, unlike its text. */
export const useAttachments = (): AttachmentsDraft => {
  const [files, setFiles] = useState<readonly AttachedFile[]>([]);
  const uploads = useRef(new Map<number, AbortController>());
  const lastKey = useRef(0);
  const taken = useRef<readonly AttachedFile[]>([]);

  useEffect(() => {
    const running = uploads.current;
    return () => {
      for (const upload of running.values()) upload.abort();
    };
  }, []);

  const change = useCallback(
    (key: number, fields: Partial<AttachedFile>) =>
      setFiles((all) => all.map((file) => (file.key === key ? { ...file, ...fields } : file))),
    [],
  );

  const start = useCallback(
    (file: File): AttachedFile => {
      lastKey.current += 1;
      const key = lastKey.current;
      const controller = new AbortController();
      uploads.current.set(key, controller);
      const { signal } = controller;
      uploadFile(file, { signal, onProgress: (progress) => change(key, { progress }) })
        .then(
          (uploaded) => {
            if (signal.aborted) deleteUploaded(uploaded.id);
            else change(key, { uploaded, progress: 1 });
          },
          (error: Error) => change(key, { problem: error.message }),
        )
        .finally(() => uploads.current.delete(key));
      return {
        key,
        name: nameOf(file),
        progress: 0,
        uploaded: null,
        problem: null,
      };
    },
    [change],
  );

  return useMemo(
    () => ({
      files,
      isBlocked: files.some(({ uploaded }) => uploaded === null),
      add(given) {
        const free = Math.max(0, maxAttachments - files.length);
        const added = given.slice(0, free).map(start);
        if (added.length > 0) setFiles((all) => [...all, ...added]);
        return given.length > free
          ? plural(maxAttachments, {
              one: 'A message may have at most # file.',
              other: 'A message may have at most # files.',
            })
          : null;
      },
      remove(key) {
        uploads.current.get(key)?.abort();
        const id = files.find((file) => file.key === key)?.uploaded?.id;
        if (id !== undefined) deleteUploaded(id);
        setFiles((all) => all.filter((file) => file.key !== key));
      },
      take() {
        taken.current = files;
        setFiles([]);
        return files.flatMap(({ uploaded }) => (uploaded === null ? [] : [uploaded.id]));
      },
      restore() {
        const back = taken.current;
        taken.current = [];
        setFiles((all) => [...back, ...all]);
      },
    }),
    [files, start],
  );
};

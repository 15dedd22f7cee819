import { useCallback, useEffect, useRef, useState } from 'react';
import { keepDraft, readDraft } from './drafts.ts';

/** The maximum number of queued messages of a conversation. */
export const maxQueued = 10;

export interface QueuedMessages {
  /** Oldest first. Kept in this browser across reloads. */
  readonly texts: readonly string[];
  readonly add: (text: string) => void;
  readonly remove: (index: number) => void;
}

export interface QueueOptions {
  /** The name of the conversation's draft. */
  readonly draftName: string;
  readonly isAnswering: boolean;
  /** Whether the last answer ended such that the next message may follow: it neither failed nor was interrupted. */
  readonly isUsable: boolean;
  readonly send: (text: string) => void;
}

/**
 * Queues messages that were written while an answer streams, and sends the oldest when the answer ends. After a failed
 * answer, or if the answer ended while this page was closed, they wait for the reader.
 */
export const useQueuedMessages = ({
  draftName,
  isAnswering,
  isUsable,
  send,
}: QueueOptions): QueuedMessages => {
  const name = `${draftName}.queued`;
  const [texts, setTexts] = useState(() => parse(readDraft(name)));
  const change = useCallback(
    (next: readonly string[]) => {
      keepDraft(name, next.length === 0 ? '' : JSON.stringify(next));
      setTexts(next);
    },
    [name],
  );
  const wasAnswering = useRef(isAnswering);
  useEffect(() => {
    const hasEnded = wasAnswering.current && !isAnswering;
    wasAnswering.current = isAnswering;
    const [next, ...others] = texts;
    if (!hasEnded || !isUsable || next === undefined) return;
    change(others);
    send(next);
  }, [isAnswering, isUsable, texts, change, send]);
  return {
    texts,
    add: (text) => change([...texts, text].slice(0, maxQueued)),
    remove: (index) => change(texts.filter((_, other) => other !== index)),
  };
};

const parse = (stored: string): readonly string[] => {
  try {
    const texts: unknown = JSON.parse(stored === '' ? '[]' : stored);
    return Array.isArray(texts)
      ? texts.filter((text): text is string => typeof text === 'string').slice(0, maxQueued)
      : [];
  } catch {
    return [];
  }
};

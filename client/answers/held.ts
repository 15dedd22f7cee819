import type { FollowSubscription, GenerationStatus } from '../__generated__/graphql.ts';

export type FollowEvent = FollowSubscription['generation'];

/** What a client has of an answer. Texts are whole, from their beginning. */
export interface Held {
  /** Null until the server says. */
  readonly status: GenerationStatus | null;
  readonly attempt: number;
  readonly queuePosition: number | null;
  readonly text: string;
  readonly thinking: string;
  /** Where to go on from; only the server knows what it means. */
  readonly cursor: number;
}

export const nothingHeld: Held = {
  status: null,
  attempt: 1,
  queuePosition: null,
  text: '',
  thinking: '',
  cursor: 0,
};

/** What is held after an event; null where the event starts beyond it, so that something in between is missing. */
export const splice = (held: Held, event: FollowEvent): Held | null => {
  const { offset, delta, thinkingOffset, thinkingDelta, status, attempt, queuePosition, cursor } = event;
  if (offset > held.text.length || thinkingOffset > held.thinking.length) return null;
  return {
    status,
    attempt,
    queuePosition,
    cursor,
    text: held.text.slice(0, offset) + delta,
    thinking: held.thinking.slice(0, thinkingOffset) + thinkingDelta,
  };
};

export const isFinal = (status: GenerationStatus | null): boolean =>
  status !== null && status !== 'QUEUED' && status !== 'RUNNING';

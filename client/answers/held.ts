import type { FollowSubscription, GenerationStatus } from '../__generated__/graphql.ts';

export type FollowEvent = FollowSubscription['generation'];

/** The part of an answer that a client holds. Texts start at the beginning. */
export interface Held {
  /** Null until the server sends it. */
  readonly status: GenerationStatus | null;
  readonly attempt: number;
  readonly queuePosition: number | null;
  readonly text: string;
  readonly thinking: string;
  /** The opaque cursor to resume from. */
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

/** Applies an event to the held text. Null if the event starts after its end, so that a gap must be fetched. */
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

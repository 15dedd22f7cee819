import { Cluster } from 'ioredis';
import type { RedisConnection } from '../../redis/connection.ts';
import type { AppendOutcome, JournalDelta } from './journal.ts';
import { deltaNotice } from './notices.redis.ts';
import { encodeText, type JournalScripts, unit } from './scripts.redis.ts';

/** The maximum appends of one step, and their maximum length in UTF-16 code units: a step delays other commands of Redis. */
const maxAppends = 200;
const maxLength = 256 * 1024;

/**
 * The minimum time between two steps, in ms: with many streams, more appends share a step, and each waits half of this time on
 * average. With few streams none waits.
 */
const intervalMs = 4;

interface Waiting {
  readonly id: string;
  readonly delta: JournalDelta;
  readonly done: PromiseWithResolvers<AppendOutcome>;
}

export interface AppendOptions {
  readonly append: JournalScripts['append'];
  readonly channel: string;
  readonly ttlMs: number;
  readonly keysOf: (id: string) => readonly string[];
}

/**
 * Returns `Journal.append`, which gathers the appends of one tick of this replica, or of a few ms, into one script and one
 * message. In a cluster the entries are on different nodes, so that each append is a script of its own.
 */
export const createAppends = ({ client }: Pick<RedisConnection, 'client'>, options: AppendOptions) => {
  const { append, channel, ttlMs, keysOf } = options;
  const isCluster = client instanceof Cluster;
  // One command a tick gains nothing from a pipeline, which would send it a tick later.
  if (!isCluster) client.options.autoPipeliningIgnoredCommands?.push('journalAppend');
  let waiting: Waiting[] = [];
  let length = 0;
  let scheduled: NodeJS.Immediate | NodeJS.Timeout | null = null;
  let sentAt = Number.NEGATIVE_INFINITY;

  const run = (sent: readonly Waiting[]): void => {
    append(
      sent.flatMap(({ id }) => keysOf(id)),
      [
        channel,
        ttlMs,
        ...sent.flatMap(({ id, delta }) => [
          delta.attempt,
          delta.offset * unit,
          encodeText(delta.delta),
          delta.thinkingOffset * unit,
          encodeText(delta.thinkingDelta),
          deltaNotice(id, delta),
        ]),
      ],
    ).then(
      (outcomes) => {
        for (const [index, { done }] of sent.entries()) done.resolve(outcomes[index] ?? 'mismatch');
      },
      (error: unknown) => {
        for (const { done } of sent) done.reject(error);
      },
    );
  };

  const send = () => {
    if (scheduled) scheduled[Symbol.dispose]();
    scheduled = null;
    sentAt = performance.now();
    const sent = waiting;
    waiting = [];
    length = 0;
    if (isCluster) for (const one of sent) run([one]);
    else run(sent);
  };

  return (id: string, delta: JournalDelta): Promise<AppendOutcome> => {
    const done = Promise.withResolvers<AppendOutcome>();
    waiting.push({ id, delta, done });
    length += delta.delta.length + delta.thinkingDelta.length;
    if (waiting.length >= maxAppends || length >= maxLength) send();
    else {
      const waitMs = sentAt + intervalMs - performance.now();
      scheduled ??= waitMs > 0 ? setTimeout(send, waitMs) : setImmediate(send);
    }
    return done.promise;
  };
};

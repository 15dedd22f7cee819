import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { RedisConnection } from '../../redis/connection.ts';
import { asFailure } from '../../redis/errors.ts';
import { defineScript } from '../../redis/script.ts';
import { jobSchema, type KeyOf } from './fairness.redis.ts';
import type { Hold, Job } from './queue.ts';

/**
 * Jobs that replicas answer without a worker, outside the order of the queue. A hold expires unless its replica renews it:
 * if the replica dies, a worker's next check puts the job into the queue. All times are Redis's own.
 */
export interface Holds {
  /** Null if the queue has the job already. */
  hold(job: Job, leaderId: string | null): Promise<Hold | null>;
  /** Ends a hold of any replica. Returns whether there was one. */
  drop(id: string): Promise<boolean>;
  /** Adds the jobs of expired holds to the queue. */
  requeueExpired(): Promise<void>;
  close(): void;
}

export interface HoldsDeps {
  readonly redis: RedisConnection;
  readonly keyOf: KeyOf;
  readonly log: Logger;
  readonly add: (job: Job) => Promise<void>;
}

/** The TTL of a hold, and the interval between renewals, in ms. */
const [ttlMs, renewIntervalMs] = [5000, 1500];
/** The maximum number of holds in one script call: a script blocks Redis while it runs. */
const batchSize = 200;

const nowMs = `
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

// KEYS: job, expiries, held. ARGV: id, the hold as JSON, TTL.
const hold = `
  if redis.call('EXISTS', KEYS[1]) == 1 or redis.call('HEXISTS', KEYS[3], ARGV[1]) == 1 then return 0 end
  ${nowMs}
  redis.call('ZADD', KEYS[2], now + ARGV[3], ARGV[1])
  redis.call('HSET', KEYS[3], ARGV[1], ARGV[2])
  return 1`;

const tokenOf = `
  local function tokenOf(id)
    local held = redis.call('HGET', KEYS[2], id)
    return held and cjson.decode(held).token
  end`;

// KEYS: expiries, held. ARGV: TTL, then pairs of id and token. Returns the ids of holds that the caller has lost.
const renew = `
  ${tokenOf}
  ${nowMs}
  local lost = {}
  for index = 2, #ARGV, 2 do
    local id = ARGV[index]
    if tokenOf(id) == ARGV[index + 1] then redis.call('ZADD', KEYS[1], now + ARGV[1], id)
    else table.insert(lost, id) end
  end
  return lost`;

// KEYS: expiries, held, again. ARGV: id, token. Returns the job that was added during the hold.
const release = `
  ${tokenOf}
  if tokenOf(ARGV[1]) ~= ARGV[2] then return false end
  redis.call('ZREM', KEYS[1], ARGV[1])
  redis.call('HDEL', KEYS[2], ARGV[1])
  local added = redis.call('HGET', KEYS[3], ARGV[1])
  if added then redis.call('HDEL', KEYS[3], ARGV[1]) end
  return added`;

// KEYS: expiries, held, again. ARGV: id.
const drop = `
  redis.call('ZREM', KEYS[1], ARGV[1])
  if redis.call('HDEL', KEYS[2], ARGV[1]) == 0 then return 0 end
  redis.call('HDEL', KEYS[3], ARGV[1])
  return 1`;

// KEYS: expiries, held, again. ARGV: maximum count. Removes and returns expired holds.
const takeExpired = `
  ${nowMs}
  local taken = {}
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[1])) do
    table.insert(taken, redis.call('HGET', KEYS[2], id) or nil)
    redis.call('ZREM', KEYS[1], id)
    redis.call('HDEL', KEYS[2], id)
    redis.call('HDEL', KEYS[3], id)
  end
  return taken`;

const heldJob = z.string().transform((text) => jobSchema.parse(JSON.parse(text)));

export const createHolds = ({ redis, keyOf, log, add }: HoldsDeps): Holds => {
  const keys = [keyOf('holds'), keyOf('held'), keyOf('again')] as const;
  const [expiries, held] = keys;
  const isOne = (answer: unknown) => answer === 1;
  const scripts = {
    hold: defineScript(redis, { name: 'queueHold', lua: hold, keys: 3, reply: isOne }),
    renew: defineScript(redis, {
      name: 'queueRenewHolds',
      lua: renew,
      keys: 2,
      reply: (answer) => z.array(z.string()).parse(answer),
    }),
    release: defineScript(redis, {
      name: 'queueReleaseHold',
      lua: release,
      keys: 3,
      reply: (answer) => (answer === null ? null : heldJob.parse(answer)),
    }),
    drop: defineScript(redis, { name: 'queueDropHold', lua: drop, keys: 3, reply: isOne }),
    takeExpired: defineScript(redis, {
      name: 'queueTakeExpiredHolds',
      lua: takeExpired,
      keys: 3,
      reply: (answer) => z.array(heldJob).parse(answer),
    }),
  };

  /** The holds of this process, by their tokens. */
  const own = new Map<string, { readonly id: string; readonly lost: AbortController }>();
  let timer: NodeJS.Timeout | null = null;

  const lose = (token: string) => {
    own.get(token)?.lost.abort();
    own.delete(token);
  };

  const renewAll = async () => {
    const all = [...own].map(([token, { id }]) => ({ token, id }));
    for (let from = 0; from < all.length; from += batchSize) {
      const batch = all.slice(from, from + batchSize);
      const pairs = batch.flatMap(({ id, token }) => [id, token]);
      const lost = new Set(await scripts.renew([expiries, held], [ttlMs, ...pairs]));
      for (const { id, token } of batch) if (lost.has(id)) lose(token);
    }
  };

  const keepRenewing = () => {
    timer ??= setTimeout(async () => {
      await renewAll().catch((error: unknown) =>
        log.debug({ err: asFailure(error) }, 'queue: holds of followers not renewed, retrying'),
      );
      timer = null;
      if (own.size > 0) keepRenewing();
    }, renewIntervalMs).unref();
  };

  return {
    async hold({ id, ownerId }, leaderId) {
      const token = randomUUID();
      const value = JSON.stringify({ id, ownerId, leaderId, token });
      if (!(await scripts.hold([keyOf(id), expiries, held], [id, value, ttlMs]))) return null;
      const lost = new AbortController();
      own.set(token, { id, lost });
      keepRenewing();
      return {
        lost: lost.signal,
        async release() {
          if (!own.delete(token)) return;
          const added = await scripts.release(keys, [id, token]);
          if (added) await add(added);
        },
      };
    },
    async drop(id) {
      const isDropped = await scripts.drop(keys, [id]);
      if (isDropped) for (const [token, one] of [...own]) if (one.id === id) lose(token);
      return isDropped;
    },
    async requeueExpired() {
      for (const { id, ownerId } of await scripts.takeExpired(keys, [batchSize])) {
        log.warn({ generation: id }, 'queue: requeued a follower whose replica stopped renewing its hold');
        await add({ id, ownerId, takeover: true });
      }
    },
    close() {
      if (timer) clearTimeout(timer);
      own.clear();
    },
  };
};

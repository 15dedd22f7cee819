import { z } from 'zod';
import type { RedisConnection } from '../../redis/connection.ts';
import { defineScript } from '../../redis/script.ts';
import type { Job } from './queue.ts';

/** Keys of the BullMQ queue that the turns stand in: `keyOf('prioritized')`, `keyOf(id)`. */
export type KeyOf = (part: string) => string;

/**
 * Whose turn it is. BullMQ has no groups in its free edition but it has priorities, so a job's priority is its round: a
 * user's first waiting job is of the round that is being served, each further one of the next. Within a round it is first
 * come, first served. This is start-time fair queueing (Goyal, Vin, Cheng 1996) with jobs of one size: a user who comes
 * late stands in the present round, before all that the others have in later ones, and gains nothing by having waited
 * for none. When nothing waits the rounds begin at 1 again; should that not happen for two million rounds, the rest of
 * them share the last number and are served in the order in which they came.
 */
export interface Turns {
  /** The round that it may wait in. Null where it waits already, or runs or is held, in which case `again` has it later. */
  take(job: Job): Promise<number | null>;
  /** Before a job is removed: moves its owner's later ones one turn up. Whether it waits. */
  giveBack(id: string): Promise<boolean>;
  /** 1 is next. A follower that is held has its leader's position. Null where there is none. */
  place(id: string): Promise<number | null>;
  /** Whether it waits, is held (`holds.redis.ts`), or is locked by a worker that is alive. */
  holds(id: string): Promise<boolean>;
  waiting(): Promise<number>;
  /** What was added while it ran, once. */
  again(id: string): Promise<Job | null>;
}

/** The last round: BullMQ's lowest priority. */
const lastRound = 2 ** 21;
/** How long what was added while it ran is remembered, should nobody ask for it, in milliseconds. */
const againMs = 24 * 60 * 60_000;

// BullMQ orders by priority * 2^32 + a counter. A job's name is its owner.
const roundOf = 'local function round(score) return math.floor(tonumber(score) / 4294967296) end';

// KEYS: job, active, prioritized, turns, again, held.
// ARGV: id, owner, what to remember, for how long, the last round, takeover.
const take = `
  ${roundOf}
  local isHeld = redis.call('HEXISTS', KEYS[6], ARGV[1]) == 1
  local isThere = redis.call('EXISTS', KEYS[1]) == 1
  if isHeld or isThere then
    if isHeld or redis.call('LPOS', KEYS[2], ARGV[1]) then
      redis.call(ARGV[6] == '1' and 'HSET' or 'HSETNX', KEYS[5], ARGV[1], ARGV[3])
      redis.call('PEXPIRE', KEYS[5], ARGV[4])
    end
    return 0
  end
  local head = redis.call('ZRANGE', KEYS[3], 0, 0, 'WITHSCORES')
  local turn = 1
  if head[2] then
    turn = round(head[2])
    redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', turn - 1)
  else
    redis.call('DEL', KEYS[4])
  end
  local last = tonumber(redis.call('ZSCORE', KEYS[4], ARGV[2]) or '0')
  turn = math.min(math.max(turn, last + 1), tonumber(ARGV[5]))
  redis.call('ZADD', KEYS[4], turn, ARGV[2])
  return turn`;

// KEYS: job, prioritized, turns, wait. ARGV: id, what a job's key begins with.
const giveBack = `
  ${roundOf}
  local free = redis.call('ZSCORE', KEYS[2], ARGV[1])
  if not free then return redis.call('LPOS', KEYS[4], ARGV[1]) and 1 or 0 end
  local owner = redis.call('HGET', KEYS[1], 'name')
  local later = redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. free, '+inf', 'WITHSCORES')
  for index = 1, #later, 2 do
    if redis.call('HGET', ARGV[2] .. later[index], 'name') == owner then
      redis.call('ZADD', KEYS[2], free, later[index])
      free = later[index + 1]
    end
  end
  if tonumber(redis.call('ZSCORE', KEYS[3], owner) or '0') == round(free) then
    redis.call('ZADD', KEYS[3], round(free) - 1, owner)
  end
  return 1`;

// KEYS: prioritized, wait, held. ARGV: id. BullMQ puts the jobs of a dead worker into the list, and they are taken first.
const place = `
  local function inLine(id)
    local rank = redis.call('ZRANK', KEYS[1], id)
    if rank then return rank + 1 + redis.call('LLEN', KEYS[2]) end
    local fromLeft = redis.call('LPOS', KEYS[2], id)
    return fromLeft and redis.call('LLEN', KEYS[2]) - fromLeft or 0
  end
  local held = redis.call('HGET', KEYS[3], ARGV[1])
  local leader = held and cjson.decode(held).leaderId
  return inLine(type(leader) == 'string' and leader or ARGV[1])`;

// KEYS: prioritized, wait, lock, held. ARGV: id.
const holds = `
  if redis.call('EXISTS', KEYS[3]) == 1 or redis.call('HEXISTS', KEYS[4], ARGV[1]) == 1 then return 1 end
  return (redis.call('ZSCORE', KEYS[1], ARGV[1]) or redis.call('LPOS', KEYS[2], ARGV[1])) and 1 or 0`;

// KEYS: prioritized, wait.
const waiting = `return redis.call('ZCARD', KEYS[1]) + redis.call('LLEN', KEYS[2])`;

// KEYS: again. ARGV: id.
const again = `
  local job = redis.call('HGET', KEYS[1], ARGV[1])
  if job then redis.call('HDEL', KEYS[1], ARGV[1]) end
  return job`;

export const createTurns = (redis: RedisConnection, keyOf: KeyOf): Turns => {
  const [active, prioritized, wait] = [keyOf('active'), keyOf('prioritized'), keyOf('wait')];
  const [turns, added, held] = [keyOf('turns'), keyOf('again'), keyOf('held')];
  const orNull = (answer: unknown) => Number(answer) || null;
  const isYes = (answer: unknown) => answer === 1;
  const scripts = {
    take: defineScript(redis, { name: 'queueTake', lua: take, keys: 6, reply: orNull }),
    giveBack: defineScript(redis, { name: 'queueGiveBack', lua: giveBack, keys: 4, reply: isYes }),
    place: defineScript(redis, { name: 'queuePlace', lua: place, keys: 3, reply: orNull }),
    holds: defineScript(redis, { name: 'queueHolds', lua: holds, keys: 4, reply: isYes }),
    waiting: defineScript(redis, { name: 'queueWaiting', lua: waiting, keys: 2, reply: Number }),
    again: defineScript(redis, { name: 'queueAgain', lua: again, keys: 1, reply: jobOf }),
  };

  return {
    take: (job) =>
      scripts.take(
        [keyOf(job.id), active, prioritized, turns, added, held],
        [job.id, job.ownerId, JSON.stringify(job), againMs, lastRound, job.takeover ? 1 : 0],
      ),
    giveBack: (id) => scripts.giveBack([keyOf(id), prioritized, turns, wait], [id, keyOf('')]),
    place: (id) => scripts.place([prioritized, wait, held], [id]),
    holds: (id) => scripts.holds([prioritized, wait, `${keyOf(id)}:lock`, held], [id]),
    waiting: () => scripts.waiting([prioritized, wait], []),
    again: (id) => scripts.again([added], [id]),
  };
};

export const job = z.object({ id: z.string(), ownerId: z.string(), takeover: z.boolean().optional() });

const jobOf = (answer: unknown): Job | null =>
  typeof answer === 'string' ? job.parse(JSON.parse(answer)) : null;

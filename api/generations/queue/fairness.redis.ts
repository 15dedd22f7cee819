import { z } from 'zod';
import type { RedisConnection } from '../../redis/connection.ts';
import { defineScript } from '../../redis/script.ts';
import type { Job } from './queue.ts';

/** Returns a key of the BullMQ queue: `keyOf('prioritized')`, `keyOf(id)`. */
export type KeyOf = (part: string) => string;

/**
 * Orders jobs fairly between users. BullMQ's free edition has no groups, but it has priorities, so a job's priority is its
 * round: a user's first waiting job is in the current round, each further one in the next. Within a round the order is
 * FIFO. This is start-time fair queueing (Goyal, Vin, Cheng 1996) with jobs of one size: a user who arrives late joins the
 * current round, before the other users' jobs in later rounds, and gains nothing from earlier idle time. When the queue is
 * empty, the rounds start at 1 again. If that doesn't happen for a million rounds, all later jobs share the last round.
 * Jobs in the background have the rounds after those of all others, so they are taken only while no other job waits.
 */
export interface FairOrder {
  /**
   * Assigns a round to a new job. Null if it waits already, or if it runs or is held: then `takeReadded` returns it later.
   */
  assignRound(job: Job): Promise<number | null>;
  /** Moves the owner's later jobs up one round each, before this job is removed. Returns whether the job waits. */
  closeGap(id: string): Promise<boolean>;
  /** Returns the position, 1 is next. A held follower has its leader's position. Null if it doesn't wait. */
  position(id: string): Promise<number | null>;
  /** Returns whether the job waits, is held (`holds.redis.ts`), or is locked by a live worker. */
  has(id: string): Promise<boolean>;
  waitingCount(): Promise<number>;
  /** The same without jobs in the background, as far as they have a round. */
  waitingPeopleCount(): Promise<number>;
  /** Returns the job if it was added again while it ran, and forgets that. */
  takeReadded(id: string): Promise<Job | null>;
}

/** The rounds of a class of jobs. BullMQ's lowest priority is 2 ** 21. */
const rounds = { first: 1, last: 2 ** 20 - 1 };
const backgroundRounds = { first: 2 ** 20, last: 2 ** 21 };
/** The TTL of the jobs that were added while they ran, in ms. */
const readdedTtlMs = 24 * 60 * 60_000;

// BullMQ orders by priority * 2^32 + a counter. A job's name is its owner.
const scoreOf = (round: number): number => round * 2 ** 32;
const roundOf = 'local function round(score) return math.floor(tonumber(score) / 4294967296) end';

// KEYS: job, active, prioritized, turns (the last round of each owner in the class), again, held.
// ARGV: id, owner, the job as JSON, its TTL in `again`, takeover, then of the class: its first and last round, the scores
// where it begins and ends.
const assignRound = `
  ${roundOf}
  local isHeld = redis.call('HEXISTS', KEYS[6], ARGV[1]) == 1
  local isThere = redis.call('EXISTS', KEYS[1]) == 1
  if isHeld or isThere then
    if isHeld or redis.call('LPOS', KEYS[2], ARGV[1]) then
      redis.call(ARGV[5] == '1' and 'HSET' or 'HSETNX', KEYS[5], ARGV[1], ARGV[3])
      redis.call('PEXPIRE', KEYS[5], ARGV[4])
    end
    return 0
  end
  local head = redis.call('ZRANGEBYSCORE', KEYS[3], ARGV[8], '(' .. ARGV[9], 'WITHSCORES', 'LIMIT', 0, 1)
  local assigned = tonumber(ARGV[6])
  if head[2] then
    assigned = round(head[2])
    redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', assigned - 1)
  else
    redis.call('DEL', KEYS[4])
  end
  local last = tonumber(redis.call('ZSCORE', KEYS[4], ARGV[2]) or '0')
  assigned = math.min(math.max(assigned, last + 1), tonumber(ARGV[7]))
  redis.call('ZADD', KEYS[4], assigned, ARGV[2])
  return assigned`;

// KEYS: job, prioritized, wait, turns, turns of the background.
// ARGV: id, the prefix of job keys, the first round of the background, the score where it begins.
const closeGap = `
  ${roundOf}
  local free = redis.call('ZSCORE', KEYS[2], ARGV[1])
  if not free then return redis.call('LPOS', KEYS[3], ARGV[1]) and 1 or 0 end
  local owner = redis.call('HGET', KEYS[1], 'name')
  local isBackground = round(free) >= tonumber(ARGV[3])
  local turns = isBackground and KEYS[5] or KEYS[4]
  local last = isBackground and '+inf' or '(' .. ARGV[4]
  local later = redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. free, last, 'WITHSCORES')
  for index = 1, #later, 2 do
    if redis.call('HGET', ARGV[2] .. later[index], 'name') == owner then
      redis.call('ZADD', KEYS[2], free, later[index])
      free = later[index + 1]
    end
  end
  if tonumber(redis.call('ZSCORE', turns, owner) or '0') == round(free) then
    redis.call('ZADD', turns, round(free) - 1, owner)
  end
  return 1`;

// KEYS: prioritized, wait, held. ARGV: id. BullMQ puts a dead worker's jobs into the list `wait`, which is served first.
const position = `
  local function positionOf(id)
    local rank = redis.call('ZRANK', KEYS[1], id)
    if rank then return rank + 1 + redis.call('LLEN', KEYS[2]) end
    local fromLeft = redis.call('LPOS', KEYS[2], id)
    return fromLeft and redis.call('LLEN', KEYS[2]) - fromLeft or 0
  end
  local held = redis.call('HGET', KEYS[3], ARGV[1])
  local leader = held and cjson.decode(held).leaderId
  return positionOf(type(leader) == 'string' and leader or ARGV[1])`;

// KEYS: prioritized, wait, lock, held. ARGV: id.
const has = `
  if redis.call('EXISTS', KEYS[3]) == 1 or redis.call('HEXISTS', KEYS[4], ARGV[1]) == 1 then return 1 end
  return (redis.call('ZSCORE', KEYS[1], ARGV[1]) or redis.call('LPOS', KEYS[2], ARGV[1])) and 1 or 0`;

// KEYS: prioritized, wait.
const waitingCount = `return redis.call('ZCARD', KEYS[1]) + redis.call('LLEN', KEYS[2])`;

// KEYS: prioritized, wait. ARGV: the score where the background begins.
const waitingPeopleCount = `
  return redis.call('ZCOUNT', KEYS[1], '-inf', '(' .. ARGV[1]) + redis.call('LLEN', KEYS[2])`;

// KEYS: again. ARGV: id.
const takeReadded = `
  local job = redis.call('HGET', KEYS[1], ARGV[1])
  if job then redis.call('HDEL', KEYS[1], ARGV[1]) end
  return job`;

export const createFairOrder = (redis: RedisConnection, keyOf: KeyOf): FairOrder => {
  const [active, prioritized, wait] = [keyOf('active'), keyOf('prioritized'), keyOf('wait')];
  const [turns, backgroundTurns] = [keyOf('turns'), keyOf('backgroundTurns')];
  const [readded, held] = [keyOf('again'), keyOf('held')];
  const orNull = (answer: unknown) => Number(answer) || null;
  const isOne = (answer: unknown) => answer === 1;
  const scripts = {
    assignRound: defineScript(redis, { name: 'queueAssignRound', lua: assignRound, keys: 6, reply: orNull }),
    closeGap: defineScript(redis, { name: 'queueCloseGap', lua: closeGap, keys: 5, reply: isOne }),
    position: defineScript(redis, { name: 'queuePosition', lua: position, keys: 3, reply: orNull }),
    has: defineScript(redis, { name: 'queueHas', lua: has, keys: 4, reply: isOne }),
    waitingCount: defineScript(redis, { name: 'queueWaiting', lua: waitingCount, keys: 2, reply: Number }),
    waitingPeopleCount: defineScript(redis, {
      name: 'queueWaitingPeople',
      lua: waitingPeopleCount,
      keys: 2,
      reply: Number,
    }),
    takeReadded: defineScript(redis, { name: 'queueTakeReadded', lua: takeReadded, keys: 1, reply: jobOf }),
  };

  return {
    assignRound(job) {
      const { first, last } = job.isBackground ? backgroundRounds : rounds;
      const classTurns = job.isBackground ? backgroundTurns : turns;
      return scripts.assignRound(
        [keyOf(job.id), active, prioritized, classTurns, readded, held],
        [
          job.id,
          job.ownerId,
          JSON.stringify(job),
          readdedTtlMs,
          job.takeover ? 1 : 0,
          first,
          last,
          scoreOf(first),
          scoreOf(last + 1),
        ],
      );
    },
    closeGap: (id) =>
      scripts.closeGap(
        [keyOf(id), prioritized, wait, turns, backgroundTurns],
        [id, keyOf(''), backgroundRounds.first, scoreOf(backgroundRounds.first)],
      ),
    position: (id) => scripts.position([prioritized, wait, held], [id]),
    has: (id) => scripts.has([prioritized, wait, `${keyOf(id)}:lock`, held], [id]),
    waitingCount: () => scripts.waitingCount([prioritized, wait], []),
    waitingPeopleCount: () =>
      scripts.waitingPeopleCount([prioritized, wait], [scoreOf(backgroundRounds.first)]),
    takeReadded: (id) => scripts.takeReadded([readded], [id]),
  };
};

export const jobSchema = z.object({
  id: z.string(),
  ownerId: z.string(),
  takeover: z.boolean().optional(),
  isBackground: z.boolean().optional(),
});

const jobOf = (answer: unknown): Job | null =>
  typeof answer === 'string' ? jobSchema.parse(JSON.parse(answer)) : null;

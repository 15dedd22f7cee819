import { z } from 'zod';
import type { RedisConnection } from '../../redis/connection.ts';
import { defineScript, type Script } from '../../redis/script.ts';
import type { GenerationStatus } from '../generation.ts';
import type { AppendOutcome, Blocked, JournalEntry } from './journal.ts';

/**
 * The atomic steps of a journal on Redis. An entry is three keys of one slot: a hash with attempt and status, and two
 * strings with text and thinking in UTF-16LE. So every character is kept, including lone surrogates, a length in code units
 * is half of STRLEN, and the cost of an append depends only on its own length. The mark of an ended attempt is only
 * the hash, with `ended` instead of the status.
 *
 * KEYS are always those three, ARGV begins with the channel and a TTL in ms. A write renews the TTL once half of it is over.
 * Each notice is published as an array of one; appends are several entries in one step.
 */
export interface JournalScripts {
  /** Parts: channel, TTL, attempt, status, text, thinking, 1 to keep the text of an entry of the same attempt, notice. */
  readonly put: Script<Blocked>;
  /** Parts: channel, TTL, attempt, status, notice. */
  readonly setStatus: Script<void>;
  /**
   * Appends to several entries, whose keys follow each other, and publishes the notices of those that were written in one
   * message. Parts: channel, TTL, and for each entry attempt, offset, delta, thinking offset, thinking delta, notice.
   * Offsets in bytes.
   */
  readonly append: Script<readonly AppendOutcome[]>;
  /** No parts. */
  readonly read: Script<JournalEntry | null>;
  /** Parts: channel, TTL of the mark, attempt, notice. */
  readonly end: Script<void>;
}

export const encodeText = (text: string): Buffer => Buffer.from(text, 'utf16le');

const statuses: readonly GenerationStatus[] = [
  'QUEUED',
  'RUNNING',
  'COMPLETED',
  'CANCELLED',
  'FAILED',
  'INTERRUPTED',
];
const statusSchema = z.enum(statuses);

/** The bytes of a code unit. */
export const unit = 2;

// Redis may evict one key of an entry when memory is short. Then the entry counts as missing.
const isWhole = `redis.call('EXISTS', KEYS[2], KEYS[3]) == 2`;

// Sets `present`, the attempt that began or ended last, and `ended`, whether it ended.
const readHead = `
  local head = redis.call('HMGET', KEYS[1], 'attempt', 'ended')
  local attempt, present, ended = tonumber(ARGV[3]), tonumber(head[1] or '0'), head[2]`;

const put = `
  ${readHead}
  if present > attempt or (ended and present == attempt) then return present end
  if ARGV[7] == '1' and present == attempt and ${isWhole} then
    local status = redis.call('HGET', KEYS[1], 'status')
    if status == 'QUEUED' and status ~= ARGV[4] then
      redis.call('HSET', KEYS[1], 'status', ARGV[4])
      redis.call('PUBLISH', ARGV[1], '[' .. ARGV[8] .. ']')
    end
    return 0
  end
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'attempt', ARGV[3], 'status', ARGV[4])
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  redis.call('SET', KEYS[2], ARGV[5], 'PX', ARGV[2])
  redis.call('SET', KEYS[3], ARGV[6], 'PX', ARGV[2])
  redis.call('PUBLISH', ARGV[1], '[' .. ARGV[8] .. ']')
  return 0`;

const renew = `
  if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) / 2 then
    for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ARGV[2]) end
  end`;

const setStatus = `
  ${readHead}
  if ended or present ~= attempt or redis.call('HGET', KEYS[1], 'status') == ARGV[4] then return 0 end
  redis.call('HSET', KEYS[1], 'status', ARGV[4])
  ${renew}
  redis.call('PUBLISH', ARGV[1], '[' .. ARGV[5] .. ']')
  return 1`;

// One entry at a time: its outcome is 0 appended, 1 superseded, 2 mismatch.
const append = `
  local function append(entry, text, thinking, from)
    local attempt, present, ended = tonumber(ARGV[from]), 0, false
    local head = redis.call('HMGET', entry, 'attempt', 'ended')
    present, ended = tonumber(head[1] or '0'), head[2]
    if present > attempt or (ended and present == attempt) then return 1 end
    if present < attempt or redis.call('EXISTS', text, thinking) ~= 2 then return 2 end
    if redis.call('STRLEN', text) ~= tonumber(ARGV[from + 1]) then return 2 end
    if redis.call('STRLEN', thinking) ~= tonumber(ARGV[from + 3]) then return 2 end
    if ARGV[from + 2] ~= '' then redis.call('APPEND', text, ARGV[from + 2]) end
    if ARGV[from + 4] ~= '' then redis.call('APPEND', thinking, ARGV[from + 4]) end
    if redis.call('PTTL', entry) < tonumber(ARGV[2]) / 2 then
      for _, key in ipairs({ entry, text, thinking }) do redis.call('PEXPIRE', key, ARGV[2]) end
    end
    return 0
  end
  local outcomes, notices = {}, {}
  for index = 1, #KEYS / 3 do
    local key, from = index * 3 - 2, index * 6 - 3
    outcomes[index] = append(KEYS[key], KEYS[key + 1], KEYS[key + 2], from)
    if outcomes[index] == 0 then notices[#notices + 1] = ARGV[from + 5] end
  end
  if #notices > 0 then redis.call('PUBLISH', ARGV[1], '[' .. table.concat(notices, ',') .. ']') end
  return outcomes`;

const read = `
  local head = redis.call('HMGET', KEYS[1], 'attempt', 'status')
  local text, thinking = redis.call('GET', KEYS[2]), redis.call('GET', KEYS[3])
  if not (head[1] and head[2] and text and thinking) then return false end
  return { head[1], head[2], text, thinking }`;

const end = `
  ${readHead}
  if present > attempt then return 0 end
  redis.call('DEL', unpack(KEYS))
  redis.call('HSET', KEYS[1], 'attempt', ARGV[3], 'ended', '1')
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  redis.call('PUBLISH', ARGV[1], '[' .. ARGV[4] .. ']')
  return 1`;

export const defineJournalScripts = (redis: RedisConnection): JournalScripts => {
  const ignore = () => {};
  return {
    put: defineScript(redis, { name: 'journalPut', lua: put, keys: 3, reply: blockedOf }),
    setStatus: defineScript(redis, { name: 'journalSetStatus', lua: setStatus, keys: 3, reply: ignore }),
    append: defineScript(redis, { name: 'journalAppend', lua: append, keys: 'any', reply: outcomesOf }),
    read: defineScript(redis, { name: 'journalRead', lua: read, keys: 3, reply: entryOf, binary: true }),
    end: defineScript(redis, { name: 'journalEnd', lua: end, keys: 3, reply: ignore }),
  };
};

const blockedOf = (reply: unknown): Blocked => {
  if (typeof reply !== 'number') throw new TypeError(`journal: unexpected reply ${String(reply)}`);
  return reply === 0 ? null : reply;
};

const outcomes: readonly AppendOutcome[] = ['appended', 'superseded', 'mismatch'];

const outcomesOf = (reply: unknown): readonly AppendOutcome[] => {
  if (!Array.isArray(reply)) throw new TypeError(`journal: unexpected reply ${String(reply)}`);
  return reply.map((code) => {
    const outcome = outcomes[code];
    if (outcome === undefined) throw new TypeError(`journal: unexpected reply ${String(code)}`);
    return outcome;
  });
};

const entryOf = (reply: unknown): JournalEntry | null => {
  if (reply === null) return null;
  const [attempt, status, text, thinking]: readonly unknown[] = Array.isArray(reply) ? reply : [];
  if (!(attempt instanceof Buffer && status instanceof Buffer)) throw new TypeError('journal: invalid entry');
  if (!(text instanceof Buffer && thinking instanceof Buffer)) throw new TypeError('journal: invalid text');
  return {
    attempt: Number(attempt.toString()),
    status: statusSchema.parse(status.toString()),
    text: text.toString('utf16le'),
    thinking: thinking.toString('utf16le'),
  };
};

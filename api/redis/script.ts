import type { RedisConnection } from './connection.ts';

type Part = string | number | Buffer;

/** Does something in one atomic step. Rejects with a `Failure` where Redis is away. */
export type Script<Reply> = (keys: readonly string[], parts: readonly Part[]) => Promise<Reply>;

export interface ScriptSource<Reply> {
  /** Unique among all scripts. */
  readonly name: string;
  readonly lua: string;
  /** How many keys it names, or that they differ; all of one slot, so that it runs in a cluster. */
  readonly keys: number | 'any';
  /** Checks and shapes the answer. Text in it comes as `Buffer`s where `binary` is set. */
  readonly reply: (answer: unknown) => Reply;
  readonly binary?: boolean;
}

type Command = (...parts: Part[]) => Promise<unknown>;

/** Teaches the connection a script. Its source travels once for each connection, then its hash. */
export const defineScript = <Reply>(redis: RedisConnection, source: ScriptSource<Reply>): Script<Reply> => {
  const { name, lua, keys: numberOfKeys, reply, binary = false } = source;
  const counts = numberOfKeys === 'any';
  redis.client.defineCommand(name, counts ? { lua } : { lua, numberOfKeys });
  // A pipeline that gathers just now doesn't know it, and would give replies to those who asked for others, or nobody
  // (github.com/redis/ioredis/issues/1931): what is defined late travels alone.
  if (redis.hasAsked) redis.client.options.autoPipeliningIgnoredCommands?.push(name);
  const command: Command = Reflect.get(redis.client, binary ? `${name}Buffer` : name).bind(redis.client);
  return (keys, parts) =>
    redis.ask(async () => reply(await command(...(counts ? [keys.length] : []), ...keys, ...parts)));
};

import type { RedisConnection } from './connection.ts';

type Part = string | number | Buffer;

/** Does something in one atomic step. Rejects with a `Failure` where Redis is away. */
export type Script<Reply> = (keys: readonly string[], parts: readonly Part[]) => Promise<Reply>;

export interface ScriptSource<Reply> {
  /** Unique among all scripts. */
  readonly name: string;
  readonly lua: string;
  /** How many keys it names; all of one slot, so that it runs in a cluster. */
  readonly keys: number;
  /** Checks and shapes the answer. Text in it comes as `Buffer`s where `binary` is set. */
  readonly reply: (answer: unknown) => Reply;
  readonly binary?: boolean;
}

type Command = (...parts: Part[]) => Promise<unknown>;

/** Teaches the connection a script. Its source travels once for each connection, then its hash. */
export const defineScript = <Reply>(redis: RedisConnection, source: ScriptSource<Reply>): Script<Reply> => {
  const { name, lua, keys: numberOfKeys, reply, binary = false } = source;
  redis.client.defineCommand(name, { lua, numberOfKeys });
  const command: Command = Reflect.get(redis.client, binary ? `${name}Buffer` : name).bind(redis.client);
  return (keys, parts) => redis.ask(async () => reply(await command(...keys, ...parts)));
};

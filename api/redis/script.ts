import type { RedisConnection } from './connection.ts';

type Argument = string | number | Buffer;

/** Runs a Lua script in one atomic step. Rejects with `SERVICE_UNAVAILABLE` while Redis is unavailable. */
export type Script<Reply> = (keys: readonly string[], args: readonly Argument[]) => Promise<Reply>;

export interface ScriptSource<Reply> {
  /** The name of the ioredis command, unique among all scripts. */
  readonly name: string;
  readonly lua: string;
  /** The number of keys, or `any` if it varies. All keys are in one slot, so that the script runs in a cluster. */
  readonly keys: number | 'any';
  /** Checks and converts the reply. Its strings are `Buffer`s if `binary` is set. */
  readonly reply: (answer: unknown) => Reply;
  readonly binary?: boolean;
}

type Command = (...parts: Argument[]) => Promise<unknown>;

/** Defines a script on the connection. The source is sent once per connection, then its hash. */
export const defineScript = <Reply>(redis: RedisConnection, source: ScriptSource<Reply>): Script<Reply> => {
  const { name, lua, keys: numberOfKeys, reply, binary = false } = source;
  const hasVariableKeys = numberOfKeys === 'any';
  redis.client.defineCommand(name, hasVariableKeys ? { lua } : { lua, numberOfKeys });
  // A pipeline that is being filled doesn't know the new command, and would assign replies to the wrong callers
  // (github.com/redis/ioredis/issues/1931). So a script that is defined late is sent outside of pipelines.
  if (redis.hasAsked) redis.client.options.autoPipeliningIgnoredCommands?.push(name);
  const command: Command = Reflect.get(redis.client, binary ? `${name}Buffer` : name).bind(redis.client);
  return (keys, args) =>
    redis.ask(async () => reply(await command(...(hasVariableKeys ? [keys.length] : []), ...keys, ...args)));
};

import type { z } from 'zod';
import { StartupError } from '../errors/startupError.ts';
import type { Variable } from './variable.ts';
import { variables } from './variables.ts';

/** A variable that can't be used. The message is one line: the name, the value unless it is secret, and what to do. */
export class ConfigError extends StartupError {
  override readonly name = 'ConfigError';
}

type Variables = typeof variables;

export type Environment = Readonly<Record<string, string | undefined>>;

export type Value<Name extends keyof Variables> = z.output<Variables[Name]['schema']>;

/** Returns the value of a variable, or its default. Throws `ConfigError`. */
export type Read = <Name extends keyof Variables>(name: Name) => Value<Name>;

export const isBlank = (text: string | undefined): text is undefined =>
  text === undefined || text.trim() === '';

/** Creates the reader of an environment. A blank variable counts as absent. */
export const readerOf =
  (environment: Environment): Read =>
  (name) => {
    const { schema, secret }: Variable<z.ZodType> = variables[name];
    const text = environment[name];
    const parsed = schema.safeParse(isBlank(text) ? undefined : secret ? text : text.trim());
    if (parsed.success) return parsed.data as Value<typeof name>;
    const shown = secret ? '' : `=${JSON.stringify(text)}`;
    throw new ConfigError(`${name}${shown} can't be used: ${parsed.error.issues[0]?.message}.`);
  };

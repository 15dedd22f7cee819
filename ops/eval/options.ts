import { type ParseArgsConfig, parseArgs } from 'node:util';

/** Arguments or variables that can't be used. */
export class UsageError extends Error {}

/** Reads the options of a command. Throws `UsageError` with Node's message if it has no such option. */
export const readOptions = <const Options extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: Options,
) => {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
};

/** An option with a value. */
export const text = { type: 'string' } as const;

export const say = (line: string) => process.stderr.write(`${line}\n`);

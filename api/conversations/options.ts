import { badInput } from '../errors/failures.ts';
import type { GenerationOptions } from './conversation.ts';

/** From and to, both included. */
export const optionRanges: Record<
  'temperature' | 'topP' | 'topK' | 'maxTokens' | 'seed',
  readonly [number, number]
> = {
  temperature: [0, 2],
  topP: [0, 1],
  topK: [0, 1000],
  maxTokens: [1, 131_072],
  seed: [0, 2 ** 31 - 1],
};

export const maxStops = 16;
/** UTF-16 code units. */
export const maxStopLength = 256;

/** Throws `BAD_USER_INPUT` with the field and its range. */
export const checkOptions = (options: GenerationOptions): GenerationOptions => {
  for (const [name, [least, most]] of Object.entries(optionRanges) as [
    keyof typeof optionRanges,
    [number, number],
  ][]) {
    const value = options[name];
    if (value === undefined || (value >= least && value <= most)) continue;
    throw badInput(`options.${name}`, `options.${name} is ${value}; it must be from ${least} to ${most}.`);
  }
  const { stop } = options;
  if (stop && (stop.length > maxStops || stop.some((text) => text === '' || text.length > maxStopLength))) {
    throw badInput(
      'options.stop',
      `options.stop takes up to ${maxStops} texts of 1 to ${maxStopLength} characters.`,
    );
  }
  return options;
};

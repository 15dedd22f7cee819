import { badInput } from '../errors/failures.ts';
import type { GenerationOptions } from './conversation.ts';

/** The allowed range of each option, both ends included. */
export const optionRanges: Record<
  | 'temperature'
  | 'topP'
  | 'topK'
  | 'minP'
  | 'repeatPenalty'
  | 'repeatLastN'
  | 'frequencyPenalty'
  | 'presencePenalty'
  | 'maxTokens'
  | 'seed'
  | 'contextLength',
  readonly [number, number]
> = {
  temperature: [0, 2],
  topP: [0, 1],
  topK: [0, 1000],
  minP: [0, 1],
  repeatPenalty: [0, 2],
  repeatLastN: [-1, 2 ** 31 - 1],
  frequencyPenalty: [-2, 2],
  presencePenalty: [-2, 2],
  maxTokens: [1, 131_072],
  seed: [0, 2 ** 31 - 1],
  contextLength: [1, 2 ** 31 - 1],
};

/** Maximum number of stop sequences. */
export const maxStops = 16;
/** Maximum length of a stop sequence, in UTF-16 code units. */
export const maxStopLength = 256;

/** Returns the options unchanged. Throws `BAD_USER_INPUT` that names the field and its range. */
export const checkOptions = (options: GenerationOptions): GenerationOptions => {
  for (const [name, [min, max]] of Object.entries(optionRanges) as [
    keyof typeof optionRanges,
    [number, number],
  ][]) {
    const value = options[name];
    if (value === undefined || (value >= min && value <= max)) continue;
    throw badInput(`options.${name}`, `options.${name} is ${value}; it must be from ${min} to ${max}.`);
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

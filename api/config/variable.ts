import { z } from 'zod';

export interface Variable<Schema extends z.ZodType> {
  readonly schema: Schema;
  /** The default as `docs/configuration.md` shows it, in Markdown. */
  readonly default: string;
  /** What the variable means, in Markdown. */
  readonly meaning: string;
  /** Whether error messages must not repeat the value. */
  readonly secret?: true;
}

export const variable = <Schema extends z.ZodType>(described: Variable<Schema>) => described;

/** A whole number from `min` to `max`. `unit` follows the bounds in the message, such as ` (seconds)`. */
export const wholeNumber = (min: number, max: number, unit: string) =>
  z
    .string()
    .refine(
      (text) => /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max,
      `give a whole number from ${min} to ${max}${unit}`,
    )
    .transform(Number);

export const onOrOff = z.enum(['on', 'off'], 'give on or off').transform((text) => text === 'on');

/** The value that `parse` reads from the text; if it is null, the variable is rejected with the message. */
export const parsed = <Value>(parse: (text: string) => Value | null, message: string) =>
  z.string().transform((text, { addIssue }) => {
    const value = parse(text);
    if (value !== null) return value;
    addIssue({ code: 'custom', message });
    return z.NEVER;
  });

/** Splits a comma-separated list. */
export const list = (text: string): string[] => text.split(',').map((part) => part.trim());

/** Returns a check that each part of a comma-separated list is valid. */
export const every = (isValid: (part: string) => boolean) => (text: string) => list(text).every(isValid);

/** Whether the text is an http or https URL without a password. */
export const isWebUrl = (text: string): boolean => {
  const url = URL.parse(text);
  return (
    url !== null && (url.protocol === 'http:' || url.protocol === 'https:') && !url.username && !url.password
  );
};

export const isOrigin = (text: string): boolean =>
  isWebUrl(text) && URL.parse(text)?.href === `${new URL(text).origin}/`;

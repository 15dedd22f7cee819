import { z } from 'zod';

export interface Variable<Schema extends z.ZodType> {
  readonly schema: Schema;
  /** As the README says it, in Markdown. */
  readonly default: string;
  readonly meaning: string;
  readonly secret?: true;
}

export const variable = <Schema extends z.ZodType>(described: Variable<Schema>) => described;

/** `unit` follows the bounds in the message, such as ` (seconds)`. */
export const wholeNumber = (least: number, most: number, unit: string) =>
  z
    .string()
    .refine(
      (text) => /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most,
      `give a whole number from ${least} to ${most}${unit}`,
    )
    .transform(Number);

export const onOrOff = z.enum(['on', 'off'], 'give on or off').transform((text) => text === 'on');

/** What `parse` makes of the text; refused with the message where that is null. */
export const parsed = <Value>(parse: (text: string) => Value | null, message: string) =>
  z.string().transform((text, { addIssue }) => {
    const value = parse(text);
    if (value !== null) return value;
    addIssue({ code: 'custom', message });
    return z.NEVER;
  });

/** The parts of a list by comma. */
export const list = (text: string): string[] => text.split(',').map((part) => part.trim());

/** Whether each part of a list by comma is fit. */
export const every = (isFit: (part: string) => boolean) => (text: string) => list(text).every(isFit);

/** http or https, without a password in it. */
export const isWebUrl = (text: string): boolean => {
  const url = URL.parse(text);
  return (
    url !== null && (url.protocol === 'http:' || url.protocol === 'https:') && !url.username && !url.password
  );
};

export const isOrigin = (text: string): boolean =>
  isWebUrl(text) && URL.parse(text)?.href === `${new URL(text).origin}/`;

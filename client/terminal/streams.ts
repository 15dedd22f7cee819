import type { Readable, Writable } from 'node:stream';

/** The streams that the terminal chat reads and writes. */
export interface Streams {
  readonly input: Readable;
  /** Answers only, unless it is a terminal. */
  readonly output: Writable;
  /** Notes beside the answer. */
  readonly notices: Writable;
  /** Whether `input` is a terminal. */
  readonly isInteractive: boolean;
  /** Whether `output` is a terminal: then control characters are removed from a model's text. */
  readonly isSeen: boolean;
  /** Whether notes are styled differently from the answer. */
  readonly hasColour: boolean;
}

export const notice = ({ notices, hasColour }: Streams, text: string): void => {
  notices.write(hasColour ? `\x1b[2m${text}\x1b[22m\n` : `${text}\n`);
};

/** Removes control characters: a model's text may contain escape sequences that control a terminal. */
export const printable = ({ isSeen }: Streams, text: string): string =>
  isSeen ? text.replace(/\p{Cc}/gu, (character) => (/[\n\t]/.test(character) ? character : '')) : text;

/** Reads the whole input as text. Throws if it is longer than `most` UTF-16 code units. */
export const readAll = async ({ input }: Streams, most: number): Promise<string> => {
  let text = '';
  input.setEncoding('utf8');
  for await (const chunk of input) {
    text += chunk;
    if (text.length > most) throw new Error(`Standard input is longer than ${most} characters.`);
  }
  return text;
};

import type { Readable, Writable } from 'node:stream';

/** Where the terminal reads and writes. */
export interface Streams {
  readonly input: Readable;
  /** Answers, and nothing else where nobody looks on. */
  readonly output: Writable;
  /** What is said beside the answer. */
  readonly notices: Writable;
  /** Whether a person types. */
  readonly isInteractive: boolean;
  /** Whether a person sees `output`: control characters of a model's text are kept from the terminal then. */
  readonly isSeen: boolean;
  /** Whether what is said beside the answer is set apart. */
  readonly hasColour: boolean;
}

export const notice = ({ notices, hasColour }: Streams, text: string): void => {
  notices.write(hasColour ? `\x1b[2m${text}\x1b[22m\n` : `${text}\n`);
};

/** A model's text may hold anything, such as sequences that make a terminal do things. */
export const printable = ({ isSeen }: Streams, text: string): string =>
  isSeen ? text.replace(/\p{Cc}/gu, (character) => (/[\n\t]/.test(character) ? character : '')) : text;

/** All of the input, as text. Throws where it is longer than `most` UTF-16 code units. */
export const readAll = async ({ input }: Streams, most: number): Promise<string> => {
  let text = '';
  input.setEncoding('utf8');
  for await (const piece of input) {
    text += piece;
    if (text.length > most) throw new Error(`Standard input is longer than ${most} characters.`);
  }
  return text;
};

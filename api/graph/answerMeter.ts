import { Failure } from '../errors/failures.ts';
import type { KeyedLimit } from '../process/keyedLimit.ts';

/** Measures what one operation loads, or one event of a subscription, so that it stops before memory is spent. */
export interface AnswerMeter {
  /** Loads in the caller's turn. Throws `TOO_COMPLEX` once more was loaded than an answer may have. */
  load<Loaded>(load: () => Promise<Loaded> | Loaded): Promise<Loaded>;
  /** Returns the bytes of an answer. Throws `TOO_COMPLEX` where they are more than it may have. */
  check(answer: unknown): number;
  /** For the next event of a subscription. */
  reset(): void;
}

export interface AnswerMeterDeps {
  /** Bytes of an answer. */
  readonly limit: number;
  readonly turns: KeyedLimit;
  /** Whose turns it loads in. */
  readonly caller: string;
}

export const createAnswerMeter = ({ limit, turns, caller }: AnswerMeterDeps): AnswerMeter => {
  let loaded = 0;

  return {
    load: (load) =>
      turns.run(caller, async () => {
        if (loaded > limit) throw answerTooLarge(limit);
        const result = await load();
        loaded += sizeOf(result, limit - loaded, false);
        if (loaded > limit) throw answerTooLarge(limit);
        return result;
      }),
    check(answer) {
      const size = sizeOf(answer, limit, true);
      if (loaded > limit || size > limit) throw answerTooLarge(limit);
      return size;
    },
    reset() {
      loaded = 0;
    },
  };
};

const answerTooLarge = (limit: number) =>
  new Failure(
    'TOO_COMPLEX',
    `The answer has more than ${limit} bytes. Ask for fewer fields, or for shorter pages by first or last.`,
    { limit },
  );

/** Strings up to this length are taken as if nothing in them were escaped. */
const shortText = 256;

/**
 * The bytes that a value takes as JSON, roughly where `isExact` is false; counting ends soon after `limit`. Iterative,
 * because values may be nested deeper than the stack.
 */
export const sizeOf = (value: unknown, limit: number, isExact: boolean): number => {
  const open: unknown[] = [value];
  let size = 0;
  while (open.length > 0 && size <= limit) {
    const one = open.pop();
    if (typeof one === 'string') size += sizeOfText(one, isExact);
    else if (Array.isArray(one)) {
      size += one.length + 2;
      for (const item of one) open.push(item);
    } else if (typeof one === 'object' && one !== null && isPlain(one)) {
      size += 2;
      for (const [key, item] of Object.entries(one)) {
        size += key.length + 4;
        open.push(item);
      }
    } else size += 8;
  }
  return size;
};

const sizeOfText = (text: string, isExact: boolean): number => {
  if (!isExact) return text.length;
  return text.length <= shortText ? Buffer.byteLength(text) + 2 : Buffer.byteLength(JSON.stringify(text));
};

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

import { Failure } from '../errors/failures.ts';
import type { KeyedLimit } from '../process/keyedLimit.ts';

/**
 * Measures the data that one operation, or one event of a subscription, loads. It stops the operation as soon as the
 * data exceeds the maximum size of a response, before more memory is used.
 */
export interface ResponseMeter {
  /** Runs `load` within the caller's list limit. Throws `TOO_COMPLEX` once the loaded data exceeds the limit. */
  load<Loaded>(load: () => Promise<Loaded> | Loaded): Promise<Loaded>;
  /**
   * Runs `load` without counting towards that limit. For loaders: the resolver of a list may wait for one while it loads,
   * and would wait forever if such lists held all slots.
   */
  read<Loaded>(load: () => Promise<Loaded> | Loaded): Promise<Loaded>;
  /** Returns the size of a response as JSON, in bytes. Throws `TOO_COMPLEX` when it exceeds the limit. */
  check(response: unknown): number;
  /** Whether a response of this many bytes is within the limit. */
  fits(bytes: number): boolean;
  /** Starts again at zero, for the next event of a subscription. */
  reset(): void;
}

export interface ResponseMeterDeps {
  /** The maximum size of a response, in bytes. */
  readonly limit: number;
  /** Limits how many lists load concurrently per caller. */
  readonly listLimit: KeyedLimit;
  /** The key of the caller in `listLimit`. */
  readonly caller: string;
}

export const createResponseMeter = ({ limit, listLimit, caller }: ResponseMeterDeps): ResponseMeter => {
  let loaded = 0;

  const read: ResponseMeter['read'] = async (load) => {
    if (loaded > limit) throw responseTooLarge(limit);
    const result = await load();
    loaded += sizeOf(result, limit - loaded, false);
    if (loaded > limit) throw responseTooLarge(limit);
    return result;
  };

  return {
    load: (load) => listLimit.run(caller, () => read(load)),
    read,
    check(response) {
      const size = sizeOf(response, limit, true);
      if (loaded > limit || size > limit) throw responseTooLarge(limit);
      return size;
    },
    fits: (bytes) => bytes <= limit,
    reset() {
      loaded = 0;
    },
  };
};

const responseTooLarge = (limit: number) =>
  new Failure(
    'TOO_COMPLEX',
    `The response is larger than ${limit} bytes. Select fewer fields, or request smaller pages with first or last.`,
    { limit },
  );

/** Strings up to this length, in UTF-16 units, are measured without their escapes. */
const shortText = 256;

/**
 * Returns the size of a value as JSON, in bytes; an estimate unless `isExact`. Counting stops soon after `limit`.
 * Iterative, because values may be nested deeper than the call stack.
 */
export const sizeOf = (value: unknown, limit: number, isExact: boolean): number => {
  const open: unknown[] = [value];
  let size = 0;
  while (open.length > 0 && size <= limit) {
    const next = open.pop();
    if (typeof next === 'string') size += sizeOfText(next, isExact);
    else if (Array.isArray(next)) {
      size += next.length + 2;
      for (const item of next) open.push(item);
    } else if (typeof next === 'object' && next !== null && isPlain(next)) {
      size += 2;
      for (const [key, item] of Object.entries(next)) {
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

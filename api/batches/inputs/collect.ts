import { createHash } from 'node:crypto';
import { setImmediate as nextIteration } from 'node:timers/promises';
import { rowBytes } from '../../usage/storage/storage.ts';
import type { BatchInputText } from '../batch.ts';
import type { ParsedInput } from './parse.ts';

/** The checked inputs of a batch. */
export interface CollectedInputs {
  readonly inputs: readonly BatchInputText[];
  /** What they take in the store. */
  readonly bytes: number;
  /** A hash of them. */
  readonly digest: string;
}

/** The time after which other work gets a turn, in ms. */
const taskMs = 10;

/**
 * Reads all inputs, with pauses: thousands of large ones would block the event loop. `check` throws for an invalid one.
 */
export const collectInputs = async (
  parsed: Iterable<ParsedInput>,
  check: (input: ParsedInput) => void | Promise<void>,
): Promise<CollectedInputs> => {
  const inputs: BatchInputText[] = [];
  const hash = createHash('sha256');
  let bytes = 0;
  let startedAt = performance.now();
  for (const input of parsed) {
    await check(input);
    const { key, json } = input;
    inputs.push({ key, json });
    hash.update(JSON.stringify(key)).update(json);
    bytes += rowBytes.batchItem + Buffer.byteLength(key) + Buffer.byteLength(json);
    if (performance.now() - startedAt < taskMs) continue;
    await nextIteration();
    startedAt = performance.now();
  }
  return { inputs, bytes, digest: hash.digest('base64url') };
};

/** Inputs that are written at once, and about how many UTF-16 units they have together at most. */
const [portionSize, portionLength] = [250, 1_000_000];

/** Splits inputs into portions, each with the number of its first input, from 1. */
export function* portionsOf(
  inputs: readonly BatchInputText[],
): Generator<{ readonly from: number; readonly portion: readonly BatchInputText[] }, void, undefined> {
  let from = 0;
  let length = 0;
  for (const [index, { json }] of inputs.entries()) {
    if (index > from && (index - from >= portionSize || length >= portionLength)) {
      yield { from: from + 1, portion: inputs.slice(from, index) };
      from = index;
      length = 0;
    }
    length += json.length;
  }
  yield { from: from + 1, portion: inputs.slice(from) };
}

import { createHash } from 'node:crypto';

/**
 * SHA-256 of an operation and its inputs, in hexadecimal: stored beside an idempotency key, it tells a retry from
 * another request that uses the same key. The order of object keys doesn't count; a field that is undefined is absent.
 */
export const fingerprintOf = (operation: string, input: object): string =>
  createHash('sha256')
    .update(JSON.stringify([operation, input], inOrder))
    .digest('hex');

const inOrder = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
    : value;

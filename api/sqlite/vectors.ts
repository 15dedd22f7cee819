import type { DatabaseSync } from 'node:sqlite';
import { getLoadablePath } from 'sqlite-vec';

/**
 * Defines `vec_distance_cosine(a, b)` for vectors of the same length as blobs of 32-bit floats: by the extension sqlite-vec
 * where it has a build for this platform, else in JavaScript, which takes three times as long. Afterwards the connection
 * loads no further extension. Returns which one it is.
 */
export const defineVectorFunctions = (
  connection: DatabaseSync,
  pathOfExtension: () => string = getLoadablePath,
): 'sqlite-vec' | 'javascript' => {
  try {
    connection.enableLoadExtension(true);
    connection.loadExtension(pathOfExtension());
    return 'sqlite-vec';
  } catch {
    connection.function('vec_distance_cosine', { deterministic: true }, (one, other) => {
      if (!(one instanceof Uint8Array && other instanceof Uint8Array)) return null;
      return distanceOf(vectorOf(one), vectorOf(other));
    });
    return 'javascript';
  } finally {
    connection.enableLoadExtension(false);
  }
};

const vectorOf = (bytes: Uint8Array): Float32Array => new Float32Array(Uint8Array.from(bytes).buffer);

const distanceOf = (one: Float32Array, other: Float32Array): number => {
  let [product, oneSquare, otherSquare] = [0, 0, 0];
  for (let at = 0; at < one.length; at += 1) {
    const [a, b] = [one[at] ?? 0, other[at] ?? 0];
    product += a * b;
    oneSquare += a * a;
    otherSquare += b * b;
  }
  return 1 - product / Math.sqrt(oneSquare * otherSquare);
};

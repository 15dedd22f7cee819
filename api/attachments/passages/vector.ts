/** Encodes a vector as little-endian 32-bit floats. */
export const bytesOfVector = (vector: Float32Array): Uint8Array =>
  new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);

/** Decodes it. Copies only if the bytes aren't aligned; `slice` of a buffer copies nothing. */
export const vectorOfBytes = (bytes: Uint8Array): Float32Array => {
  const length = Math.floor(bytes.byteLength / 4);
  return bytes.byteOffset % 4 === 0
    ? new Float32Array(bytes.buffer, bytes.byteOffset, length)
    : new Float32Array(Uint8Array.from(bytes).buffer, 0, length);
};

/** Returns the vector with Euclidean length 1; null if it has no direction or isn't finite. */
export const unitVector = (given: readonly number[] | Float32Array): Float32Array | null => {
  const vector = Float32Array.from(given);
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return Number.isFinite(length) && length > 0 ? vector.map((value) => value / length) : null;
};

/** Returns the product of two unit vectors, which is the cosine of their angle; null if their lengths differ. */
export const cosineOf = (one: Float32Array, other: Float32Array): number | null => {
  if (one.length !== other.length) return null;
  let [first, second, third, fourth] = [0, 0, 0, 0];
  const whole = one.length - (one.length % 4);
  for (let at = 0; at < whole; at += 4) {
    first += (one[at] as number) * (other[at] as number);
    second += (one[at + 1] as number) * (other[at + 1] as number);
    third += (one[at + 2] as number) * (other[at + 2] as number);
    fourth += (one[at + 3] as number) * (other[at + 3] as number);
  }
  for (let at = whole; at < one.length; at += 1) first += (one[at] as number) * (other[at] as number);
  return first + second + third + fourth;
};

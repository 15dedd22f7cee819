import { bytesOfVector, cosineOf, unitVector, vectorOfBytes } from './vector.ts';

describe('vectors', () => {
  it('are the same after a round trip through bytes at any offset of a buffer', () => {
    const bytes = bytesOfVector(Float32Array.of(0.5, -1, 2));
    for (let offset = 0; offset < 8; offset += 1) {
      const pool = Buffer.alloc(64, 1);
      pool.set(bytes, offset);
      expect([...vectorOfBytes(pool.subarray(offset, offset + bytes.length))]).toEqual([0.5, -1, 2]);
    }
  });

  it('have a cosine if their lengths are the same', () => {
    const [one, other] = [unitVector([3, 4, 0, 0, 0]), unitVector([4, 3, 0, 0, 0])];
    expect(cosineOf(one as Float32Array, other as Float32Array)).toBeCloseTo(0.96);
    expect(cosineOf(Float32Array.of(1), Float32Array.of(1, 0))).toBeNull();
    expect(unitVector([0, 0])).toBeNull();
    expect(unitVector([Number.NaN, 1])).toBeNull();
  });
});

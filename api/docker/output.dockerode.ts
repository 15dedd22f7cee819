import type { DockerOutput } from './engine.ts';

/** Maximum UTF-8 bytes of a result. */
export const maxOutputBytes = 16_384;

/** Maximum bytes and UTF-16 units that are kept before control characters are removed. */
const maxRawLength = 4 * maxOutputBytes;

/** Reads all parts, and keeps the last `maxRawLength` bytes. */
export const endOf = async (parts: AsyncIterable<Buffer>) => {
  let kept: Buffer[] = [];
  let length = 0;
  let isCut = false;
  for await (const part of parts) {
    kept.push(part);
    length += part.length;
    // Joined rarely, so that many small parts don't copy the end again and again.
    if (length <= 2 * maxRawLength && kept.length <= 1_000) continue;
    const joined = Buffer.concat(kept);
    isCut ||= joined.length > maxRawLength;
    // A copy: a view would keep the whole buffer.
    kept = [Buffer.from(joined.subarray(-maxRawLength))];
    length = kept[0]?.length ?? 0;
  }
  const bytes = Buffer.concat(kept);
  return { bytes: bytes.subarray(-maxRawLength), isCut: isCut || bytes.length > maxRawLength };
};

/**
 * Yields the content of the frames of both outputs: each has a header of 8 bytes, whose last four are the length.
 * See https://docs.docker.com/reference/api/engine/ (attach to a container).
 */
export async function* demultiplexed(parts: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let header = Buffer.alloc(0);
  let left = 0;
  for await (const part of parts) {
    for (let offset = 0; offset < part.length; ) {
      if (left > 0) {
        const content = part.subarray(offset, offset + left);
        offset += content.length;
        left -= content.length;
        yield content;
        continue;
      }
      const more = part.subarray(offset, offset + 8 - header.length);
      offset += more.length;
      header = Buffer.concat([header, more]);
      if (header.length < 8) continue;
      left = header.readUInt32BE(4);
      header = Buffer.alloc(0);
    }
  }
}

/**
 * Escape sequences of terminals. Time is linear in the text: no two parts of a sequence match the same character. One that
 * isn't terminated ends with its line.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const escapes = /\x1b\][^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?|[\x1b\x9b]\[?[0-?]*[ -/]*[@-~]/g;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const controls = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;

/** Keeps the start or the end of a text, within `maxOutputBytes`, without control characters. */
export const outputOf = (given: string, wasCut: boolean, keep: 'start' | 'end'): DockerOutput => {
  const raw = keep === 'start' ? given.slice(0, maxRawLength) : given.slice(-maxRawLength);
  const isCut = wasCut || raw.length < given.length;
  const bytes = Buffer.from(raw.replace(escapes, '').replace(controls, '').trimEnd(), 'utf8');
  if (!isCut && bytes.length <= maxOutputBytes) return { text: bytes.toString('utf8'), isCut };
  const kept = keep === 'start' ? bytes.subarray(0, maxOutputBytes) : bytes.subarray(-maxOutputBytes);
  // A character that was cut in the middle becomes replacement characters. A loop: a pattern's time can be quadratic.
  const text = kept.toString('utf8');
  let start = 0;
  let end = text.length;
  while (start < end && text[start] === '\uFFFD') start += 1;
  while (end > start && text[end - 1] === '\uFFFD') end -= 1;
  return { text: text.slice(start, end), isCut: true };
};

/** Texts of the Engine become parts of sentences. */
export const oneLine = (value: unknown): string =>
  String(value ?? '')
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ')
    .slice(0, 300);

export const shortId = (id: unknown): string =>
  oneLine(id)
    .replace(/^sha256:/, '')
    .slice(0, 12);

export const megabytes = (bytes: unknown): string => `${(Number(bytes ?? 0) / 1e6).toFixed(1)} MB`;

/** The first byte of a text message in one frame: FIN and opcode 1 (RFC 6455, 5.2). */
const textMessage = 0x81;
const closingBrace = 0x7d;
/** The lengths from which the header has 16 or 64 bits for the length, and the values that say so. */
const extended = { from16: 126, from64: 65_536, is16: 126, is64: 127 } as const;

const frameOf = (length: number): { readonly frame: Buffer; readonly headerLength: number } => {
  const headerLength = length < extended.from16 ? 2 : length < extended.from64 ? 4 : 10;
  const frame = Buffer.allocUnsafe(headerLength + length);
  frame[0] = textMessage;
  if (headerLength === 2) frame[1] = length;
  else if (headerLength === 4) {
    frame[1] = extended.is16;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = extended.is64;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  return { frame, headerLength };
};

/** The last result, and its bytes once a second reader gets it. */
let last: { readonly json: string; readonly length: number; bytes: Buffer | null } | null = null;

/**
 * Encodes `opening`, `json` and a closing brace as one message of the server: one unmasked frame without compression. One
 * buffer takes one write, while `ws` writes header and payload apart. Readers of one answer get the same `json` one after
 * another, so its bytes are encoded once.
 */
export const resultFrame = (opening: string, json: string): Buffer => {
  if (last?.json !== json) last = { json, length: Buffer.byteLength(json), bytes: null };
  else last.bytes ??= Buffer.from(json);
  const openingLength = Buffer.byteLength(opening);
  const { frame, headerLength } = frameOf(openingLength + last.length + 1);
  frame.write(opening, headerLength, 'utf8');
  const start = headerLength + openingLength;
  if (last.bytes) last.bytes.copy(frame, start);
  else frame.write(json, start, 'utf8');
  frame[start + last.length] = closingBrace;
  return frame;
};

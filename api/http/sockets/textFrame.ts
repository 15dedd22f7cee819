/** The first byte of a text message in one frame: FIN and opcode 1 (RFC 6455, 5.2). */
const textMessage = 0x81;
/** The lengths from which the header has 16 or 64 bits for the length, and the values that say so. */
const extended = { from16: 126, from64: 65_536, is16: 126, is64: 127 } as const;

/**
 * Encodes a message of the server as one unmasked frame without compression. One buffer takes one write, while `ws` writes
 * header and payload apart.
 */
export const textFrame = (text: string): Buffer => {
  const length = Buffer.byteLength(text);
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
  frame.write(text, headerLength, 'utf8');
  return frame;
};

import { createPrivateKey, type KeyObject } from 'node:crypto';

/** Parses an Ed25519 private key in base64 (PKCS #8, DER). Returns null if the text is none. */
export const parseSigningKey = (text: string): KeyObject | null => {
  try {
    const key = createPrivateKey({ key: Buffer.from(text.trim(), 'base64'), format: 'der', type: 'pkcs8' });
    return key.asymmetricKeyType === 'ed25519' ? key : null;
  } catch {
    return null;
  }
};

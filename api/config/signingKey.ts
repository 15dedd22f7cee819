import { createPrivateKey, type KeyObject } from 'node:crypto';

/** Reads an Ed25519 private key in base64 (PKCS #8, DER). Null where it is none. */
export const parseSigningKey = (text: string): KeyObject | null => {
  try {
    const key = createPrivateKey({ key: Buffer.from(text.trim(), 'base64'), format: 'der', type: 'pkcs8' });
    return key.asymmetricKeyType === 'ed25519' ? key : null;
  } catch {
    return null;
  }
};

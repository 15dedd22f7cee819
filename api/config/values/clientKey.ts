import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ConfigError } from '../read.ts';

const isSupported = ({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean =>
  asymmetricKeyType === 'rsa' ||
  asymmetricKeyType === 'ed25519' ||
  (asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1');

/** Reads the private key at the path `OIDC_CLIENT_KEY`. Throws `ConfigError`. */
export const readClientKey = (path: string): KeyObject => {
  let pem: string;
  try {
    pem = readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError(
      `OIDC_CLIENT_KEY: the file ${path} can't be read (${String(Object(error).code)}). Give the path of a PEM file.`,
    );
  }
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw new ConfigError(
      `OIDC_CLIENT_KEY: the file ${path} has no unencrypted private key in PEM. Create one with: openssl genpkey -algorithm RSA -out ${path}`,
    );
  }
  if (isSupported(key)) return key;
  throw new ConfigError(`OIDC_CLIENT_KEY: the key in ${path} must be RSA, EC P-256 or Ed25519.`);
};

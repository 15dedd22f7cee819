import { hkdfSync, randomBytes } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StartupError } from '../errors/startupError.ts';
import { systemCode } from '../errors/systemErrors.ts';

/** Minimum bytes of a key for HMAC-SHA256 (RFC 7518, 3.2). */
export const minSecretLength = 32;

export interface Secrets {
  /** Signs the tokens of sessions. */
  readonly signingKey: Uint8Array;
}

/** A secret exists but can't be used. The message is one line that names it and says what to do. */
export class SecretUnusable extends StartupError {
  override readonly name = 'SecretUnusable';
}

/**
 * Returns the service's secrets: derived from `jwtSecret` if set, else from a file in `dataDir` that the first start
 * creates and only its owner may read.
 *
 * @throws SecretUnusable, or the file system's error if the folder can't be written
 */
export const loadSecrets = async (dataDir: string, jwtSecret: string | null): Promise<Secrets> => {
  if (jwtSecret !== null) return { signingKey: deriveSigningKey(jwtSecret) };
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, 'jwt-secret');
  const signingKey = (await readSecret(path)) ?? (await createSecret(path));
  return { signingKey };
};

/** Derives a separate key: a trusted issuer may share `jwtSecret`, and must not be able to sign our session tokens. */
const deriveSigningKey = (jwtSecret: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', jwtSecret, '', 'ziggie-llm sessions', minSecretLength));

const readSecret = async (path: string): Promise<Uint8Array | null> => {
  try {
    const secret = Buffer.from((await readFile(path, 'utf8')).trim(), 'base64url');
    if (secret.byteLength < minSecretLength) {
      throw new SecretUnusable(
        `${path} does not hold a secret of ${minSecretLength} bytes. Delete it: the next start creates a new one, and all users have to sign in again.`,
      );
    }
    if (((await stat(path)).mode & 0o077) !== 0) await chmod(path, 0o600);
    return secret;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
};

/** Writes a temporary file and links it: no process reads half a secret, and processes that start at once agree on one. */
const createSecret = async (path: string): Promise<Uint8Array> => {
  const temporaryPath = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(temporaryPath, 'wx', 0o600);
  try {
    await file.writeFile(`${randomBytes(minSecretLength).toString('base64url')}\n`);
    await file.sync();
    await link(temporaryPath, path);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  } finally {
    await file.close();
    await rm(temporaryPath, { force: true });
  }
  const secret = await readSecret(path);
  if (!secret)
    throw new SecretUnusable(`${path} was removed while the server started. Start the server again.`);
  return secret;
};

import { hkdfSync, randomBytes } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StartupError } from '../errors/startupError.ts';
import { systemCode } from '../errors/systemErrors.ts';

/** Bytes that a key for HMAC-SHA256 must have at least (RFC 7518, 3.2). */
export const minSecretLength = 32;

export interface Secrets {
  /** Signs the tokens of sessions. */
  readonly signingKey: Uint8Array;
}

/** A secret that is there but can't be used. The message is one line that says which and what to do. */
export class SecretUnusable extends StartupError {
  override readonly name = 'SecretUnusable';
}

/**
 * The service's secrets: `jwtSecret` where it is given, else one made at the first start and kept in `dataDir`, in a
 * file that its owner alone may read.
 *
 * @throws SecretUnusable, or the file system's own error where the folder can't be written
 */
export const loadSecrets = async (dataDir: string, jwtSecret: string | null): Promise<Secrets> => {
  if (jwtSecret !== null) return { signingKey: ownKeyOf(jwtSecret) };
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, 'jwt-secret');
  const signingKey = (await readSecret(path)) ?? (await createSecret(path));
  return { signingKey };
};

/** A secret may be shared with a service whose tokens are believed: with that one it must not be able to make ours. */
const ownKeyOf = (jwtSecret: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', jwtSecret, '', 'ziggie-llm sessions', minSecretLength));

const readSecret = async (path: string): Promise<Uint8Array | null> => {
  try {
    const secret = Buffer.from((await readFile(path, 'utf8')).trim(), 'base64url');
    if (secret.byteLength < minSecretLength) {
      throw new SecretUnusable(
        `${path} does not hold a secret of ${minSecretLength} bytes. Delete it, and the next start makes a new one (everybody signs in again).`,
      );
    }
    if (((await stat(path)).mode & 0o077) !== 0) await chmod(path, 0o600);
    return secret;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
};

/** Written aside and then linked, so that nobody reads half a secret and of two that start at once one wins. */
const createSecret = async (path: string): Promise<Uint8Array> => {
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(aside, 'wx', 0o600);
  try {
    await file.writeFile(`${randomBytes(minSecretLength).toString('base64url')}\n`);
    await file.sync();
    await link(aside, path);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  } finally {
    await file.close();
    await rm(aside, { force: true });
  }
  const secret = await readSecret(path);
  if (!secret) throw new SecretUnusable(`${path} was removed while the server started. Start it again.`);
  return secret;
};

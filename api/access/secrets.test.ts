import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSecrets } from './secrets.ts';

let parent: string;
let folder: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'ziggie-secrets-'));
  folder = join(parent, 'data');
});

afterEach(() => rm(parent, { recursive: true }));

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

describe('loadSecrets', () => {
  it('creates a secret of 32 bytes once, in a file that only its owner may read', async () => {
    const { signingKey } = await loadSecrets(folder, null);
    expect(signingKey).toHaveLength(32);
    expect(await modeOf(folder)).toBe(0o700);
    expect(await modeOf(join(folder, 'jwt-secret'))).toBe(0o600);
    expect((await loadSecrets(folder, null)).signingKey).toEqual(signingKey);
  });

  it('returns the same secret to processes that start at once, and leaves no other file behind', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => loadSecrets(folder, null)));
    expect(new Set(all.map(({ signingKey }) => Buffer.from(signingKey).toString('hex'))).size).toBe(1);
    expect(await readdir(folder)).toEqual(['jwt-secret']);
  });

  it("removes other users' permissions on the file", async () => {
    await loadSecrets(folder, null);
    await chmod(join(folder, 'jwt-secret'), 0o644);
    await loadSecrets(folder, null);
    expect(await modeOf(join(folder, 'jwt-secret'))).toBe(0o600);
  });

  it('rejects a file with a secret that is too short, and does not replace it', async () => {
    await loadSecrets(folder, null);
    await writeFile(join(folder, 'jwt-secret'), 'short');
    await expect(loadSecrets(folder, null)).rejects.toThrow(
      /jwt-secret does not hold a secret of 32 bytes\. Delete it/,
    );
    expect(await readFile(join(folder, 'jwt-secret'), 'utf8')).toBe('short');
  });

  it('prefers a configured secret, and then writes no file', async () => {
    const load = (secret: string) => loadSecrets(folder, secret);
    const { signingKey } = await load('a secret of the operator, 32 bytes or more');
    expect(await load('a secret of the operator, 32 bytes or more')).toEqual({ signingKey });
    expect(await load('another secret of the operator, also long')).not.toEqual({ signingKey });
    // A service that shares the secret signs with it directly, and must not be able to sign our tokens.
    expect(Buffer.from(signingKey).toString()).not.toContain('operator');
    expect(signingKey).toHaveLength(32);
    await expect(stat(folder)).rejects.toThrow('ENOENT');
  });
});

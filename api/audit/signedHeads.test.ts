import { generateKeyPairSync } from 'node:crypto';
import { pino } from 'pino';
import { parseSigningKey } from '../config/values/signingKey.ts';
import { openTemporaryStores } from '../sqlite/stores.testing.ts';
import type { Stores } from '../stores/stores.ts';
import { newEvent, readChain } from './events.testing.ts';
import { isSignedBy, parseSignedHeads, withSignedHeads } from './signedHeads.ts';
import { verifyChain } from './verify.ts';

const newKey = () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  return parseSigningKey(privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'));
};

describe('signed heads of the audit log', () => {
  let stores: Stores;
  let lines: string;
  const key = newKey();
  if (key === null) throw new Error('invalid key');
  beforeEach(async () => {
    stores = await openTemporaryStores();
    lines = '';
  });
  afterEach(() => stores.close());

  const log = pino(
    {},
    {
      write: (line) => {
        lines += line;
      },
    },
  );

  it('are logged after the first entry and every hundred, and reveal a rewritten chain', async () => {
    const audit = withSignedHeads(stores.audit, key, log);
    await audit.append([newEvent()]);
    for (let count = 0; count < 100; count += 1) await audit.append([newEvent()]);
    const heads = parseSignedHeads(`not a line of a log\n{"auditHead":1}\n${lines}`);
    expect(heads.map(({ seq }) => seq)).toEqual([1, 101]);
    const newest = heads[1] ?? { seq: 0, hash: '', signature: '' };
    expect(newest.hash).toBe((await readChain(stores.audit)).at(-1)?.hash);
    expect(await verifyChain(stores.audit, newest)).toMatchObject({ is: 'whole' });

    const other = await openTemporaryStores();
    for (let count = 0; count < 101; count += 1) await other.audit.append([newEvent()]);
    expect(await verifyChain(other.audit, newest)).toMatchObject({ is: 'broken', seq: 101 });
    await other.close();
  });

  it('are valid only with the signature of the configured key', async () => {
    await withSignedHeads(stores.audit, key, log).append([newEvent()]);
    const [head] = parseSignedHeads(lines);
    if (!head) throw new Error('no head was logged');
    expect(isSignedBy(head, key)).toBe(true);
    expect(isSignedBy({ ...head, seq: 2 }, key)).toBe(false);
    expect(isSignedBy({ ...head, hash: '0'.repeat(64) }, key)).toBe(false);
    const other = newKey();
    expect(other && isSignedBy(head, other)).toBe(false);
  });

  it('reject a key of another type', () => {
    const { privateKey } = generateKeyPairSync('x25519');
    expect(
      parseSigningKey(privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64')),
    ).toBeNull();
    expect(parseSigningKey('not a key')).toBeNull();
  });
});

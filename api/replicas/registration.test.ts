import { pino } from 'pino';
import { createIds } from '../process/ids.ts';
import { createReplicaRegistration } from './registration.ts';
import { createMemoryReplicaRegistry } from './registry.memory.ts';

describe('the registration of replicas', () => {
  const registry = createMemoryReplicaRegistry();
  const logged: { readonly level: number; readonly msg: string }[] = [];
  const log = pino({ level: 'info' }, { write: (line) => logged.push(JSON.parse(line)) });
  const ids = createIds();
  const replica = (secret: string) =>
    createReplicaRegistration({
      registry,
      secrets: { signingKey: new TextEncoder().encode(secret) },
      worker: true,
      ids,
      log,
    });

  it('logs an error if replicas sign sessions with different secrets, without disclosing them', async () => {
    const [one, same, other] = [replica('a secret'), replica('a secret'), replica('another')];
    one.register();
    const removeSame = same.register();
    await same.warnOfDifferentSecrets();
    expect(logged).toEqual([]);
    const removeOther = other.register();
    await other.warnOfDifferentSecrets();
    expect(logged.map(({ msg }) => msg)).toEqual([expect.stringContaining('set the same JWT_SECRET')]);
    expect(JSON.stringify(await registry.list())).not.toContain('secret"');
    expect(JSON.stringify(await registry.list())).not.toContain('another');

    await Promise.all([removeSame(), removeOther()]);
    await one.warnOfDifferentSecrets();
    expect(logged).toHaveLength(1);
    expect(await registry.list()).toHaveLength(1);
  });
});

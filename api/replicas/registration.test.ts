import { pino } from 'pino';
import { createIds } from '../process/ids.ts';
import { createMembership } from './registration.ts';
import { createMemoryPresence } from './registry.memory.ts';

describe('what replicas say of themselves', () => {
  const presence = createMemoryPresence();
  const logged: { readonly level: number; readonly msg: string }[] = [];
  const log = pino({ level: 'info' }, { write: (line) => logged.push(JSON.parse(line)) });
  const ids = createIds();
  const replica = (secret: string) =>
    createMembership({
      presence,
      secrets: { signingKey: new TextEncoder().encode(secret) },
      worker: true,
      ids,
      log,
    });

  it('shows which sign sessions with another secret, without telling it', async () => {
    const [one, same, other] = [replica('a secret'), replica('a secret'), replica('another')];
    one.join();
    const leave = same.join();
    await same.warnOfOtherSecrets();
    expect(logged).toEqual([]);
    const leaveToo = other.join();
    await other.warnOfOtherSecrets();
    expect(logged.map(({ msg }) => msg)).toEqual([expect.stringContaining('set the same JWT_SECRET')]);
    expect(JSON.stringify(await presence.replicas())).not.toContain('secret"');
    expect(JSON.stringify(await presence.replicas())).not.toContain('another');

    await Promise.all([leave(), leaveToo()]);
    await one.warnOfOtherSecrets();
    expect(logged).toHaveLength(1);
    expect(await presence.replicas()).toHaveLength(1);
  });
});

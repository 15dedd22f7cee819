import type { User } from '../access/user.ts';
import type { Viewer } from '../access/viewer.ts';
import { type Member, openPool, startMember } from '../engine/pool/pool.testing.ts';
import type { EnginePool } from '../engine/pool/pool.ts';
import { createIds } from '../process/ids.ts';
import { createMemoryBus } from '../realtime/bus.memory.ts';
import { silent } from '../redis/server.testing.ts';
import { checkPullName, type Pull } from './pull.ts';
import { createPulls, type Pulls } from './pulls.ts';
import { createModels } from './service.ts';

const ids = createIds();
const viewerOf = (role: User['role']): Viewer => {
  const user = { id: ids.next(), username: role, role } as User;
  return { user, sessionId: ids.next(), apiKey: null, expiresAt: new Date(8e15) } as Viewer;
};
const admin = viewerOf('ADMIN');
const never = new AbortController().signal;
const location = { name: 'fetched', backend: null };

describe('pulls of models', () => {
  let members: Member[];
  let pool: EnginePool;
  /** Two replicas. */
  let here: Pulls;
  let there: Pulls;
  const bus = createMemoryBus();

  beforeEach(async () => {
    members = await Promise.all([startMember(), startMember()]);
    ({ pool } = await openPool(members, { times: { probeLimitMs: 5000 } }));
    const models = createModels({ engine: pool, defaultModel: null, fallback: null });
    [here, there] = [0, 1].map(() =>
      createPulls({ engine: pool, models, bus, ids, log: silent, allowed: null }),
    ) as [Pulls, Pulls];
  });
  afterEach(async () => {
    await here.close();
    await there.close();
    await pool.close();
    await Promise.all(members.map((member) => member.close()));
    expect(bus.listenerCount()).toBe(0);
  });

  const follow = async (pulls: Pulls, id: string): Promise<readonly Pull[]> => {
    const seen: Pull[] = [];
    for await (const pull of pulls.watch(admin, id, never)) seen.push(pull);
    return seen;
  };

  it('can be watched from any replica, and install the model', async () => {
    for (const member of members) member.play({ pull: { steps: 20, stepsPerSecond: 40 } });
    const { id, status } = await here.start(admin, location);
    expect(status).toBe('RUNNING');
    expect(here.list(admin).map((pull) => pull.id)).toEqual([id]);
    const [own, other] = await Promise.all([follow(here, id), follow(there, id)]);
    for (const seen of [own, other]) {
      expect(seen.length).toBeGreaterThan(1);
      expect(seen.at(-1)).toMatchObject({ status: 'COMPLETED', model: 'fetched:latest' });
      expect(seen.at(-1)?.steps.map(({ state }) => state)).toEqual(['done', 'done']);
    }
    expect([here, there].flatMap((pulls) => pulls.list(admin))).toEqual([]);
    expect((await pool.models()).map(({ name }) => name)).toContain('fetched:latest');
    expect((await follow(here, id)).at(-1)?.status).toBe('COMPLETED');
  });

  it('are shared by concurrent requests for the same model', async () => {
    for (const member of members) member.play({ pull: { steps: 5, stepsPerSecond: 20 } });
    const [one, other] = await Promise.all([here.start(admin, location), here.start(admin, location)]);
    expect(one.id).toBe(other.id);
    await follow(here, one.id);
  });

  it('can be cancelled from any replica', async () => {
    for (const member of members) member.play({ pull: { steps: 1000, stepsPerSecond: 20 } });
    const { id } = await here.start(admin, location);
    const seen = follow(there, id);
    await there.cancel(admin, id);
    expect((await seen).at(-1)).toMatchObject({ status: 'CANCELLED', error: null });
  });

  it('end with the reason of their failure', async () => {
    for (const member of members) member.play({ pull: { fault: 'unknown' } });
    const { id } = await here.start(admin, location);
    expect((await follow(here, id)).at(-1)).toMatchObject({
      status: 'FAILED',
      error: { code: 'NOT_FOUND', message: expect.stringContaining('fetched:latest') },
    });
  });

  it('are limited in number', async () => {
    for (const member of members) member.play({ pull: { steps: 1000, stepsPerSecond: 20 } });
    for (const name of ['a', 'b', 'c', 'd']) await here.start(admin, { name, backend: null });
    await expect(here.start(admin, { name: 'e', backend: null })).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('are not found if their id is unknown', async () => {
    await expect(follow(here, ids.next())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }, 10_000);

  it.each(['MEMBER', 'VIEWER'] as const)(
    'cannot be started, watched or cancelled by a %s, nor models deleted',
    async (role) => {
      const viewer = viewerOf(role);
      const forbidden = { code: 'FORBIDDEN' };
      await expect(here.start(viewer, location)).rejects.toMatchObject(forbidden);
      await expect(here.watch(viewer, 'any', never).next()).rejects.toMatchObject(forbidden);
      await expect(here.cancel(viewer, 'any')).rejects.toMatchObject(forbidden);
      await expect(here.remove(viewer, location)).rejects.toMatchObject(forbidden);
    },
  );

  it.each(['http://a/b', 'registry.example/ns/model', '../x', 'a b', '', 'a:b:c', 'x'.repeat(300)])(
    'reject the name %j, which the library cannot have',
    (name) => {
      expect(() => checkPullName(name, null)).toThrow(/ollama.com\/library/);
    },
  );

  it.each(['llama3.2', 'codellama:7b', 'someone/model:q4_K_M'])('accept the name %s', (name) => {
    expect(checkPullName(name, null)).toBe(name);
  });

  it('need a pattern in MODELS_ALLOWED if it is set, with the registry for other registries', () => {
    const allowed = ['llama3.2', 'hf.co/team/*'];
    for (const name of ['llama3.2:1b', 'hf.co/team/writer-GGUF:Q4_K_M']) {
      expect(checkPullName(name, allowed)).toBe(name);
    }
    for (const name of ['mistral:latest', 'evil.example/team/writer', 'hf.co/evil/writer']) {
      expect(() => checkPullName(name, allowed)).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }));
    }
    expect(() => checkPullName('evil.example/team/writer', ['*'])).toThrow(/MODELS_ALLOWED/);
  });
});

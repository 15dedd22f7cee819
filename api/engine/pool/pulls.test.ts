import type { Engine, PullStep } from '../engine.ts';
import { createOllamaEngine } from '../ollama/engine.ollama.ts';
import { type Member, never, type OpenPool, openPool, startMember } from './pool.testing.ts';

const name = 'fetched:latest';

const stepsOf = async (engine: Engine, backend: string | null = null): Promise<readonly PullStep[]> => {
  const steps: PullStep[] = [];
  for await (const step of engine.pull({ name, backend }, never)) steps.push(step);
  return steps;
};

const namesOf = async (engine: Engine) => (await engine.models()).map((model) => model.name);

describe('a pull of a model', () => {
  let members: Member[];
  let opened: OpenPool;
  beforeEach(async () => {
    members = await Promise.all([startMember(), startMember()]);
    opened = await openPool(members);
  });
  afterEach(async () => {
    await opened.pool.close();
    await Promise.all(members.map((member) => member.close()));
  });
  const [one, other] = [() => members[0] as Member, () => members[1] as Member];
  const openBackend = (timeoutMs = 5000) => createOllamaEngine({ url: one().url, timeoutMs, slots: 1 });

  it('reports its progress in bytes of all parts, and installs the model', async () => {
    one().play({ pull: { steps: 4 } });
    const engine = openBackend();
    const steps = await stepsOf(engine);
    expect(steps.at(0)).toMatchObject({ state: 'running', receivedBytes: null, totalBytes: null });
    expect(steps.map(({ receivedBytes }) => receivedBytes)).toEqual([null, 1000, 2000, 3000, 4000, 4000]);
    expect(steps.at(-1)).toMatchObject({ state: 'done', backend: null, totalBytes: 4000 });
    expect(await namesOf(engine)).toContain(name);
    await engine.close();
  });

  it.each([
    ['unknown', 'NOT_FOUND', /No model fetched:latest exists/],
    ['error line', 'ENGINE_FAILED', /no space left/],
    ['silence', 'ENGINE_TIMEOUT', /silent for 0.2 s/],
  ] as const)('fails with a code and a reason: %s', async (fault, code, message) => {
    one().play({ pull: { fault } });
    const engine = openBackend(200);
    await expect(stepsOf(engine)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(await namesOf(engine)).not.toContain(name);
    await engine.close();
  });

  it('is aborted when its reader leaves', async () => {
    one().play({ pull: { steps: 1000, stepsPerSecond: 20 } });
    const engine = openBackend();
    for await (const { receivedBytes } of engine.pull({ name, backend: null }, never))
      if (receivedBytes) break;
    expect(await namesOf(engine)).not.toContain(name);
    await engine.close();
  });

  it('fetches to all backends of a pool, with the progress of each, or to one', async () => {
    const everywhere = await stepsOf(opened.pool);
    const last = (url: string) => everywhere.findLast(({ backend }) => backend === url)?.state;
    expect([last(one().url), last(other().url)]).toEqual(['done', 'done']);
    const found = async () => (await opened.pool.models()).find((model) => model.name === name)?.backends;
    expect(await found()).toEqual([one().url, other().url]);

    await opened.pool.remove({ name, backend: one().url }, never);
    expect(await found()).toEqual([other().url]);
    await opened.pool.remove({ name, backend: null }, never);
    expect(await found()).toBeUndefined();
    await expect(opened.pool.remove({ name, backend: null }, never)).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
    });
    await stepsOf(opened.pool, other().url);
    expect(await found()).toEqual([other().url]);
  });

  it('continues when one backend of a pool fails, and fails when all do', async () => {
    one().play({ pull: { fault: 'error line' } });
    const steps = await stepsOf(opened.pool);
    expect(steps.findLast(({ backend }) => backend === one().url)).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('no space left'),
    });
    expect(steps.findLast(({ backend }) => backend === other().url)?.state).toBe('done');
    other().play({ pull: { fault: 'unknown' } });
    await expect(stepsOf(opened.pool)).rejects.toMatchObject({ name: 'Failure' });
    await expect(stepsOf(opened.pool, 'http://nowhere')).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});

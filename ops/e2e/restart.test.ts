import { type Client, canContinueText, signIn } from './harness/client.ts';
import { describeWithEngine } from './harness/engine.ts';
import { makeFolder, removeFolder } from './harness/folder.ts';
import { adminPassword, type ServerProcess, startServer } from './harness/process.ts';
import { counted, type StandinProcess, startStandin } from './harness/standin.ts';

/** Slow enough that an answer of hundreds of tokens doesn't end before the server is killed. */
const tokensPerSecond = 30;

const story = 'Tell me a long story about a lighthouse keeper and the sea.';

const read = async (client: Client, id: string) =>
  (
    await client.data<{ node: { status: string; text: string; canContinue: boolean; attempt: number } }>(
      'query ($id: ID!) { node(id: $id) { ... on Generation { status text canContinue attempt } } }',
      { id },
    )
  ).node;

const continueIt = (client: Client, id: string) =>
  client.data('mutation ($id: ID!) { continueGeneration(input: { id: $id }) { generation { id } } }', { id });

describe('a server with long answers', () => {
  let folder: string;
  let engine: StandinProcess;
  let server: ServerProcess;
  let env: Readonly<Record<string, string>>;

  beforeEach(async () => {
    [folder, engine] = await Promise.all([makeFolder(), startStandin(tokensPerSecond)]);
    env = { OLLAMA_URL: engine.url };
    server = await startServer({ dataDir: folder, env });
  }, 90_000);
  afterEach(async () => {
    await server.stop();
    await engine.kill();
    await removeFolder(folder);
  }, 60_000);

  it('loses at most the last second of text by kill -9, and can continue the answer', async () => {
    const before = await signIn(server.url, 'admin', adminPassword);
    const { generation } = await before.generate({ prompt: 'Count to 300' });
    const seen: { at: number; text: string }[] = [];
    let text = '';
    for await (const event of before.watch(generation.id)) {
      text = text.slice(0, event.offset) + event.delta;
      seen.push({ at: performance.now(), text });
      const began = seen.find((moment) => moment.text !== '')?.at ?? performance.now();
      if (performance.now() - began > 3500) break;
    }
    const killedAt = performance.now();
    await server.kill();
    await before.close();

    server = await startServer({ dataDir: folder, env });
    const after = await signIn(server.url, 'admin', adminPassword);
    const kept = await read(after, generation.id);
    expect(kept).toMatchObject({ status: 'INTERRUPTED', canContinue: true, attempt: 1 });
    expect(counted(300).startsWith(kept.text)).toBe(true);
    // A save begins one second after the previous one, and takes a moment.
    const certain = seen.findLast(({ at }) => at < killedAt - 1500)?.text ?? '';
    expect(certain.length).toBeGreaterThan(0);
    expect(kept.text.length).toBeGreaterThanOrEqual(certain.length);

    await continueIt(after, generation.id);
    expect(await after.finished(generation.id)).toEqual({ status: 'COMPLETED', text: counted(300) });
    expect(await read(after, generation.id)).toMatchObject({ attempt: 2, text: counted(300) });
    await after.close();
  }, 120_000);

  it('interrupts answers that take longer than DRAIN_S, and keeps their text', async () => {
    await server.stop();
    server = await startServer({ dataDir: folder, env: { ...env, DRAIN_S: '1' } });
    const before = await signIn(server.url, 'admin', adminPassword);
    const { generation } = await before.generate({ prompt: 'Count to 1000' });
    let text = '';
    for await (const event of before.watch(generation.id)) {
      text += event.delta;
      if (text.length > 30) break;
    }
    await before.close();
    expect(await server.stop()).toBe(0);

    server = await startServer({ dataDir: folder, env });
    const after = await signIn(server.url, 'admin', adminPassword);
    const kept = await read(after, generation.id);
    expect(kept.status).toBe('INTERRUPTED');
    expect(kept.text.startsWith(text)).toBe(true);
    await after.close();
  }, 120_000);

  it('runs generations that were queued when it was killed', async () => {
    await server.stop();
    server = await startServer({ dataDir: folder, env: { ...env, OLLAMA_NUM_PARALLEL: '1' } });
    const before = await signIn(server.url, 'admin', adminPassword);
    const runs = await before.generate({ prompt: 'Count to 1000' });
    for await (const event of before.watch(runs.generation.id)) if (event.cursor > 0) break;
    const waits = await before.generate({ prompt: 'Count to 8' });
    for await (const event of before.watch(waits.generation.id)) {
      expect(event).toMatchObject({ status: 'QUEUED', queuePosition: 1 });
      break;
    }
    await server.kill();
    await before.close();

    server = await startServer({ dataDir: folder, env });
    const after = await signIn(server.url, 'admin', adminPassword);
    expect(await after.finished(waits.generation.id)).toEqual({ status: 'COMPLETED', text: counted(8) });
    expect((await read(after, runs.generation.id)).status).toBe('INTERRUPTED');
    await after.close();
  }, 120_000);
});

describeWithEngine('a server that stops during an answer', () => {
  let folder: string;
  let server: ServerProcess;

  beforeEach(async () => {
    folder = await makeFolder();
    server = await startServer({ dataDir: folder });
  }, 90_000);
  afterEach(async () => {
    await server.stop();
    await removeFolder(folder);
  }, 60_000);

  it('continues an answer that kill -9 interrupted at its first words', async () => {
    const before = await signIn(server.url, 'admin', adminPassword);
    const { generation } = await before.generate({ prompt: story, options: { maxTokens: 200 } });
    // At its first words, because the length of the model's answer is unknown.
    for await (const event of before.watch(generation.id)) if (event.cursor > 0) break;
    await server.kill();
    await before.close();

    server = await startServer({ dataDir: folder });
    const after = await signIn(server.url, 'admin', adminPassword);
    const kept = await read(after, generation.id);
    expect(kept).toMatchObject({ status: 'INTERRUPTED', canContinue: true, attempt: 1 });
    await continueIt(after, generation.id);
    const whole = await after.finished(generation.id);
    expect(whole.status).toBe('COMPLETED');
    expect(whole.text.length).toBeGreaterThan(0);
    if (await canContinueText(after)) expect(whole.text.startsWith(kept.text)).toBe(true);
    expect(await read(after, generation.id)).toMatchObject({ attempt: 2, text: whole.text });
    await after.close();
    // Enough time for two answers of hundreds of tokens on a slow engine.
  }, 300_000);

  it('finishes running answers after SIGTERM, within DRAIN_S', async () => {
    await server.stop();
    server = await startServer({ dataDir: folder, env: { DRAIN_S: '90' } });
    const before = await signIn(server.url, 'admin', adminPassword);
    const started = await before.generate({ prompt: story, options: { maxTokens: 60 } });
    for await (const event of before.watch(started.generation.id)) if (event.cursor > 0) break;
    await before.close();
    expect(await server.stop()).toBe(0);

    server = await startServer({ dataDir: folder });
    const after = await signIn(server.url, 'admin', adminPassword);
    const kept = await read(after, started.generation.id);
    expect(kept.status).toBe('COMPLETED');
    expect(kept.text.length).toBeGreaterThan(0);
    await after.close();
  }, 180_000);
});

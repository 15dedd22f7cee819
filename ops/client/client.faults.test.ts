import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, createClient } from '../../client/public.ts';
import { makeFolder, removeFolder } from '../e2e/harness/folder.ts';
import { type ServerProcess, startServer } from '../e2e/harness/process.ts';
import { startProxy } from '../e2e/harness/proxy.ts';
import { freePort } from '../e2e/harness/redis.ts';
import { counted, type StandinProcess, startStandin } from '../e2e/harness/standin.ts';
import { credentials, eventsOf, reading, stored, textOf, tokensPerSecond } from './client.testing.ts';

describe("a program with the client's package", () => {
  let folder: string;
  let standin: StandinProcess;
  let server: ServerProcess;
  let env: Record<string, string>;
  let client: Client;

  beforeAll(async () => {
    folder = await makeFolder();
    standin = await startStandin(tokensPerSecond);
    env = { OLLAMA_URL: standin.url, PORT: String(await freePort()), DRAIN_S: '1' };
    server = await startServer({ dataDir: folder, env });
  }, 60_000);
  afterAll(async () => {
    await server?.stop();
    await standin?.kill();
    await removeFolder(folder);
  }, 60_000);

  beforeEach(async () => {
    client = createClient({ url: server.url });
    await client.signIn(credentials);
  });
  afterEach(() => client.close());

  it('continues after kill -9 of the server, with no text missing or repeated', async () => {
    const answer = client.chat({ prompt: 'Count to 1000' });
    const { all, until } = reading(answer);
    const events = eventsOf(answer);
    await until(800);
    await server.kill();
    server = await startServer({ dataDir: folder, env });
    expect(await all).toBe(counted(1000));
    expect(textOf(await events)).toBe(counted(1000));
    expect(await answer.result).toMatchObject({ status: 'COMPLETED', attempt: 2 });
    expect(await stored(client, answer)).toBe(counted(1000));
    const states = (await events).flatMap((event) => (event.type === 'connection' ? [event.state] : []));
    expect(states).toEqual(['lost', 'restored']);
  }, 90_000);

  it('continues after a restart that interrupts running answers', async () => {
    const answer = client.chat({ prompt: 'Count to 1000' });
    const { all, until } = reading(answer);
    await until(500);
    await server.stop();
    server = await startServer({ dataDir: folder, env });
    expect(await all).toBe(counted(1000));
    expect(await stored(client, answer)).toBe(counted(1000));
  }, 90_000);

  it('reports an interrupted answer if it may not continue it', async () => {
    const answer = client.chat({ prompt: 'Count to 1000', continueInterrupted: false });
    const { until } = reading(answer);
    await until(500);
    await server.kill();
    server = await startServer({ dataDir: folder, env });
    await expect(answer.result).rejects.toMatchObject({ code: 'INTERRUPTED' });
  }, 90_000);

  it('reads an answer over a network that cuts its connections repeatedly', async () => {
    const proxy = await startProxy({ host: '127.0.0.1', port: Number(env.PORT) });
    const remote = createClient({ url: `http://127.0.0.1:${proxy.port}` });
    await remote.signIn(credentials);
    const answers = [600, 800, 1000].map((count) => ({
      count,
      answer: remote.chat({ prompt: `Count to ${count}` }),
    }));
    const texts = Promise.all(answers.map(({ answer }) => reading(answer).all));
    const over = new AbortController();
    const cutting = (async () => {
      let cuts = 0;
      while (!over.signal.aborted) {
        await sleep(30 + Math.random() * 400);
        proxy.cut();
        cuts += 1;
        await sleep(Math.random() * 100);
        proxy.restore();
      }
      return cuts;
    })();
    expect(await texts).toEqual(answers.map(({ count }) => counted(count)));
    over.abort();
    expect(await cutting).toBeGreaterThan(5);
    for (const { answer, count } of answers) expect(await stored(client, answer)).toBe(counted(count));
    remote.close();
    await proxy.close();
  }, 120_000);

  it('gives up on a server that stays unavailable', async () => {
    const proxy = await startProxy({ host: '127.0.0.1', port: Number(env.PORT) });
    const remote = createClient({
      url: `http://127.0.0.1:${proxy.port}`,
      timeouts: { request: 500, answer: 1000 },
    });
    await remote.signIn(credentials);
    const answer = remote.chat({ prompt: 'Count to 1000' });
    await reading(answer).until(20);
    proxy.cut();
    await expect(answer.result).rejects.toMatchObject({ code: 'UNREACHABLE' });
    await expect(remote.models()).rejects.toMatchObject({ code: 'UNREACHABLE' });
    remote.close();
    await proxy.close();
    await client.cancel((await answer.started).generationId);
  }, 30_000);
});

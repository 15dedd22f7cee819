import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { z } from 'zod';
import { createBudgets } from '../../budgets/budgets.ts';
import { createMemoryBudgets } from '../../budgets/store.memory.ts';
import { defaultCallerLimits } from '../../config/values/callerLimits.ts';
import { eventually } from '../../process/eventually.testing.ts';
import { endpoint, json } from '../rest/endpoint.ts';
import { startTestServer, type TestServer } from '../testing/testServer.ts';

const megabyte = 1024 * 1024;
/** More than the buffers of the operating system take. */
const answerBytes = 24 * megabyte;

describe('a large answer of a REST route', () => {
  const limits = { ...defaultCallerLimits, operations: 5, bufferedBytes: 2.5 * answerBytes };
  const budgets = createBudgets({
    store: createMemoryBudgets(),
    limits,
    recordLimitHit: () => {},
    waitMs: 10_000,
  });
  const held = (resource: string) =>
    budgets.totals().find((total) => total.resource === resource && total.kind === 'USER')?.amount ?? 0;
  let running = 0;
  let maxRunning = 0;
  const route = (name: string, bytes: number) =>
    endpoint({
      method: 'GET',
      path: `/api/${name}`,
      id: name,
      tag: 'Test',
      summary: 'A large answer.',
      answer: json('The answer.', z.string()),
      handle: async () => {
        running += 1;
        maxRunning = Math.max(running, maxRunning);
        await new Promise((resolve) => setTimeout(resolve, 20));
        running -= 1;
        return 'x'.repeat(bytes);
      },
    });
  let server: TestServer;
  let token: string;
  const peers: Socket[] = [];
  beforeAll(async () => {
    const routes = [route('large', answerBytes), route('tooLarge', 3 * answerBytes), route('small', 10)];
    server = await startTestServer({ budgets, callerLimits: limits, routes });
    token = await server.token();
  });
  afterEach(async () => {
    for (const peer of peers.splice(0)) peer.destroy();
    await eventually(
      () => [held('BUFFERED_BYTES'), held('OPERATIONS')],
      ([bytes, operations]) => bytes === 0 && operations === 0,
    );
  });
  afterAll(() => server.stop());

  /** Sends a request, and reads nothing. */
  const askUnread = async (name: string): Promise<Socket> => {
    const peer = connect(Number(new URL(server.url).port), '127.0.0.1');
    peers.push(peer);
    peer.on('error', () => {});
    await once(peer, 'connect');
    peer.pause();
    peer.write(`GET /api/${name} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`);
    return peer;
  };
  const ask = (name: string) =>
    fetch(`${server.url}/api/${name}`, { headers: { Authorization: `Bearer ${token}` } });

  it('counts for its caller until it is read, and one above the limit is rejected', async () => {
    const first = await askUnread('large');
    await eventually(
      () => held('BUFFERED_BYTES'),
      (bytes) => bytes > answerBytes,
    );
    await askUnread('large');
    await eventually(
      () => held('BUFFERED_BYTES'),
      (bytes) => bytes > 2 * answerBytes,
    );
    const rejected = await ask('large');
    expect([rejected.status, rejected.headers.get('x-error-code')]).toEqual([429, 'RATE_LIMITED']);
    expect((await ask('small')).status).toBe(200);
    first.destroy();
    const answered = await eventually(
      () => ask('large'),
      ({ status }) => status === 200,
    );
    expect((await answered.text()).length).toBe(answerBytes + 2);
  }, 60_000);

  it('is never repeated in vain if it is larger than all that a caller may leave unread', async () => {
    const rejected = await ask('tooLarge');
    expect([rejected.status, rejected.headers.get('x-error-code')]).toEqual([400, 'TOO_COMPLEX']);
  });

  it('is computed for a caller only a few times at once', async () => {
    maxRunning = 0;
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask('small')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(maxRunning).toBe(5);
  });
});

import { on, once } from 'node:events';
import { parse } from 'graphql';
import { ticks } from '../../../api/http/testing/testSchema.ts';
import { startTestServer, type TestServer } from '../../../api/http/testing/testServer.ts';
import { createUpstreamSockets, type UpstreamSockets } from './sockets.ts';

describe('sockets to a subgraph', () => {
  let server: TestServer;
  let sockets: UpstreamSockets;
  let token: string;

  beforeEach(async () => {
    server = await startTestServer();
    sockets = createUpstreamSockets({ name: 'test', url: `${server.url}/graphql` });
    token = await server.token();
  });

  afterEach(async () => {
    await sockets.close();
    await server.stop();
  });

  const follow = (field: string, as: string | null, signal?: AbortSignal) =>
    sockets.subscribe({
      document: parse(`subscription { ${field} }`),
      context: as === null ? {} : { connectionParams: { authorization: `Bearer ${as}` } },
      signal,
    });

  const opened = () => once(ticks, 'opened');
  const closed = () => once(ticks, 'closed');

  it('forward events at once, and close when their reader stops, also during a pending read', async () => {
    const [isOpen, isClosed] = [opened(), closed()];
    const events = follow('guarded', token);
    const first = events.next();
    await isOpen;
    ticks.emit('tick', 'one');
    expect(await first).toMatchObject({ done: false, value: { data: { guarded: 'one' } } });
    const waiting = events.next();
    await events.return?.();
    await isClosed;
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  it('end when the caller of the gateway disconnects', async () => {
    const [isOpen, isClosed] = [opened(), closed()];
    const caller = new AbortController();
    void follow('guarded', token, caller.signal).next();
    await isOpen;
    caller.abort();
    await isClosed;
  });

  it('are shared by all subscriptions with the same token', async () => {
    const other = await server.token();
    const readers = on(ticks, 'opened');
    for (const as of [token, token, other]) void follow('guarded', as).next();
    void follow('ticks', null).next();
    for (let count = 0; count < 4; count += 1) await readers.next();
    expect(server.server.socketCount()).toBe(3);
  });

  it('forward the errors of the subgraph unchanged', async () => {
    expect(await follow('guarded', null).next()).toMatchObject({
      value: { errors: [{ message: 'Sign in first.', extensions: { code: 'UNAUTHENTICATED' } }] },
    });
  });

  it('reject at once a token that the subgraph rejects', async () => {
    const events = follow('guarded', 'no.such.token');
    expect(await events.next()).toMatchObject({
      done: false,
      value: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
    });
    expect(await events.next()).toMatchObject({ done: true });
  });

  it('end with an error if the connection is lost', async () => {
    const isOpen = opened();
    const first = follow('guarded', token).next();
    await isOpen;
    await server.server.stop(0);
    expect(await first).toMatchObject({
      done: false,
      value: { errors: [{ extensions: { code: 'DOWNSTREAM_SERVICE_ERROR', subgraph: 'test' } }] },
    });
  });
});

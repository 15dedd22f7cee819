import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { startTestApp, type TestApp } from '../testing/app.testing.ts';
import { openStream } from '../testing/surfaces.testing.ts';

interface Holding {
  readonly resource: string;
  readonly kind: string;
  readonly user: { readonly username: string } | null;
  readonly address: string | null;
  readonly amount: number;
}

describe('the budgets of callers', () => {
  let app: TestApp;
  const sockets: WebSocket[] = [];
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.terminate();
    await app.stop();
  });

  /** Sends an upgrade request. Resolves to the socket and the status: 101, the rejection's status, or 0 if closed. */
  const upgrade = async (headers: Record<string, string> = {}) => {
    const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      headers,
    });
    sockets.push(socket);
    const { promise, resolve } = Promise.withResolvers<{ status: number; retryAfter: string | undefined }>();
    socket.on('error', () => {});
    socket.on('unexpected-response', (_request, { statusCode = 0, headers: sent }) =>
      resolve({ status: statusCode, retryAfter: sent['retry-after'] }),
    );
    socket.on('open', () => resolve({ status: 101, retryAfter: undefined }));
    socket.on('close', () => resolve({ status: 0, retryAfter: undefined }));
    return { socket, ...(await promise) };
  };
  const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

  const acknowledged = async (token: string | null) => {
    const { socket } = await upgrade();
    const closed = once(socket, 'close').then(([code, reason]) => ({ code, reason: String(reason) }));
    socket.send(JSON.stringify({ type: 'connection_init', ...(token && { payload: { token } }) }));
    return { socket, closed };
  };

  const holdings = async () => {
    const list =
      '{ holdings(first: 50) { edges { node { resource kind user { username } address amount } } } }';
    type Listed = { readonly holdings: { readonly edges: readonly { readonly node: Holding }[] } };
    const { data } = await app.graphql<Listed>(list);
    return data?.holdings.edges.map(({ node }) => node) ?? [];
  };
  const hits = async () => {
    const list = '{ limitHits(first: 50) { edges { node { limit user { username } address } } } }';
    type Listed = { readonly limitHits: { readonly edges: readonly { readonly node: object }[] } };
    const { data } = await app.graphql<Listed>(list);
    return data?.limitHits.edges.map(({ node }) => node) ?? [];
  };

  /** Resolves when this many of the sockets are open. */
  const untilOpen = async (amount: number) => {
    const open = () => sockets.filter(({ readyState }) => readyState === WebSocket.OPEN).length;
    while (open() !== amount) await sleep(20);
  };

  it('bound the anonymous sockets of an address: a new one takes the slot of the oldest', async () => {
    app = await startTestApp({ env: { CALLER_LIMITS: 'addressSockets=5' } });
    const statuses: number[] = [];
    for (let count = 0; count < 40; count += 1) statuses.push((await upgrade()).status);
    expect(new Set(statuses)).toEqual(new Set([101]));
    await untilOpen(5);
    expect(sockets.slice(-5).every(({ readyState }) => readyState === WebSocket.OPEN)).toBe(true);
    expect((await upgrade(bearer(app.token))).status).toBe(101);
    expect(await holdings()).toContainEqual({
      resource: 'SOCKETS',
      kind: 'ADDRESS',
      user: null,
      address: '127.0.0.1',
      amount: 5,
    });
    expect(await hits()).toContainEqual({ limit: 'SOCKETS', user: null, address: '127.0.0.1' });
  }, 60_000);

  it('bound the anonymous sockets of all addresses, and reserve slots for users', async () => {
    app = await startTestApp({ env: { CALLER_LIMITS: 'anonymousSockets=3,sockets=4' } });
    for (let count = 0; count < 20; count += 1) expect((await upgrade()).status).toBe(101);
    await untilOpen(3);
    expect((await upgrade(bearer(app.token))).status).toBe(101);
    // Users take the slots of anonymous sockets, but not those of other users.
    for (let count = 0; count < 3; count += 1) expect((await upgrade(bearer(app.token))).status).toBe(101);
    await untilOpen(4);
    expect((await upgrade(bearer(app.token))).status).toBe(503);
    expect((await upgrade()).status).toBe(503);
  }, 60_000);

  it('admit a user who authenticates after the upgrade during a flood of anonymous sockets', async () => {
    app = await startTestApp({ env: { CALLER_LIMITS: 'anonymousSockets=30,addressSockets=20' } });
    const flood = async () => {
      for (let count = 0; count < 60; count += 1) await upgrade();
    };
    const flooded = Promise.all([flood(), flood()]);
    for (let count = 0; count < 10; count += 1) {
      const { socket, closed } = await acknowledged(app.token);
      const [message] = await Promise.race([once(socket, 'message'), closed.then(({ code }) => [code])]);
      expect(String(message)).toContain('connection_ack');
    }
    await flooded;
  }, 60_000);

  it('count upgrades among the requests of an address', async () => {
    app = await startTestApp({ env: { ADDRESS_LIMIT: '3/1h' } });
    const statuses: number[] = [];
    for (let count = 0; count < 3; count += 1) statuses.push((await upgrade()).status);
    const rejected = await upgrade();
    expect(statuses).toEqual([101, 101, 101]);
    expect(rejected.status).toBe(429);
    expect(Number(rejected.retryAfter)).toBeGreaterThan(0);
    expect((await upgrade(bearer(app.token))).status).toBe(101);
  }, 60_000);

  it('count a socket for its user after authentication, and close one that stays anonymous', async () => {
    app = await startTestApp({ env: { CALLER_LIMITS: 'userSockets=2,anonymousSeconds=1,addressSockets=2' } });
    const { token } = await app.signUp('member');
    for (let count = 0; count < 2; count += 1) {
      const { socket } = await acknowledged(token);
      await once(socket, 'message');
    }
    const third = await acknowledged(token);
    expect(await third.closed).toMatchObject({ code: 1013, reason: expect.stringContaining('open sockets') });
    const anonymous = await acknowledged(null);
    expect(await anonymous.closed).toMatchObject({ code: 4403 });
    expect(sockets[0]?.readyState).toBe(WebSocket.OPEN);
    // A closed socket frees its slot.
    const [first] = sockets;
    first?.close();
    await once(first as WebSocket, 'close');
    const again = await acknowledged(token);
    expect(String((await once(again.socket, 'message'))[0])).toContain('connection_ack');
  }, 60_000);

  it('bound the open streams of a user over all transports together', async () => {
    app = await startTestApp({ env: { CALLER_LIMITS: 'userStreams=4' } });
    app.standin.play({ tokens: Array.from({ length: 500 }, () => 'more '), tokensPerSecond: 20 });
    const { token } = await app.signUp('member');
    const { socket } = await acknowledged(token);
    await once(socket, 'message');
    const subscribe = (id: string) =>
      socket.send(
        JSON.stringify({
          id,
          type: 'subscribe',
          payload: { query: 'subscription { conversationChanged { kind } }' },
        }),
      );
    subscribe('one');
    const sse = await openStream(app.url, bearer(token));
    expect(sse.status).toBe(200);
    const complete = (path: string) =>
      app.post(
        path,
        { model: 'stand-in', messages: [{ role: 'user', content: 'Hello.' }], stream: true },
        { headers: { ...bearer(token), 'Content-Type': 'application/json' } },
      );
    const ndjson = await complete('/api/llm/chat');
    const events = await complete('/v1/chat/completions');
    expect([ndjson.status, events.status]).toEqual([200, 200]);
    expect(await holdings()).toContainEqual({
      resource: 'STREAMS',
      kind: 'USER',
      user: { username: 'member' },
      address: null,
      amount: 4,
    });

    subscribe('two');
    const [rejected] = await once(socket, 'message');
    expect(JSON.parse(String(rejected)).payload.errors[0].extensions).toMatchObject({ code: 'RATE_LIMITED' });
    expect((await (await openStream(app.url, bearer(token))).text()).includes('RATE_LIMITED')).toBe(true);
    expect((await complete('/api/llm/chat')).status).toBe(429);
    expect((await complete('/v1/chat/completions')).status).toBe(429);
    const file = await fetch(`${app.url}/api/account/export`, { headers: bearer(token) });
    expect(file.status).toBe(429);
    const uploaded = await fetch(`${app.url}/api/attachments?name=a.txt`, {
      method: 'PUT',
      headers: bearer(token),
      body: 'text',
    });
    const { id } = (await uploaded.json()) as { id: string };
    const download = await fetch(`${app.url}/api/attachments/${encodeURIComponent(id)}`, {
      headers: bearer(token),
    });
    expect(download.status).toBe(429);
    expect(await hits()).toContainEqual({ limit: 'STREAMS', user: { username: 'member' }, address: null });

    await Promise.all([sse, ndjson, events].map((response) => response.body?.cancel()));
    socket.send(JSON.stringify({ id: 'one', type: 'complete' }));
    while ((await holdings()).some(({ resource }) => resource === 'STREAMS')) await new Promise(setImmediate);
    expect((await openStream(app.url, bearer(token))).status).toBe(200);
  }, 60_000);

  it('reject an answer that is too large, on every transport, before it is serialized', async () => {
    app = await startTestApp({ env: { CALLER_LIMITS: 'answerBytes=200000' } });
    const create = `mutation ($systemPrompt: String!) {
      createConversation(input: { systemPrompt: $systemPrompt }) { clientMutationId }
    }`;
    for (let count = 0; count < 3; count += 1) {
      const { errors } = await app.graphql(create, { systemPrompt: 'x'.repeat(60_000) });
      expect(errors).toBeUndefined();
    }
    const list = (alias: string) => `${alias}: conversations(first: 20) { edges { node { systemPrompt } } }`;
    expect((await app.graphql(`{ ${list('a')} }`)).errors).toBeUndefined();
    const query = `{ ${Array.from({ length: 30 }, (_, at) => list(`a${at}`)).join(' ')} }`;
    const { data, errors } = await app.graphql(query);
    expect(data ?? null).toBeNull();
    expect(errors).toHaveLength(1);
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'TOO_COMPLEX' } });
    // One value under many aliases counts once per alias.
    const names = Array.from({ length: 40 }, (_, at) => `${'n'.repeat(200)}${at}: systemPrompt`).join(' ');
    const repeated = await app.graphql(`{ conversations(first: 20) { edges { node { ${names} } } } }`);
    expect(repeated.errors?.[0]).toMatchObject({ extensions: { code: 'TOO_COMPLEX' } });
    const { socket } = await acknowledged(app.token);
    await once(socket, 'message');
    socket.send(JSON.stringify({ id: 'q', type: 'subscribe', payload: { query } }));
    const [answer] = await once(socket, 'message');
    expect(JSON.parse(String(answer)).payload.errors).toMatchObject([
      { extensions: { code: 'TOO_COMPLEX' } },
    ]);
  }, 60_000);

  it('bound the bytes buffered for a peer that pipelines requests and reads nothing', async () => {
    app = await startTestApp({ env: { CALLER_LIMITS: 'bufferedBytes=1000000,operations=2' } });
    const create = `mutation ($systemPrompt: String!) {
      createConversation(input: { systemPrompt: $systemPrompt }) { clientMutationId }
    }`;
    for (let count = 0; count < 5; count += 1) {
      await app.graphql(create, { systemPrompt: 'x'.repeat(60_000) });
    }
    const { port } = new URL(app.url);
    const query = encodeURIComponent('{ conversations(first: 20) { edges { node { systemPrompt } } } }');
    const request = `GET /graphql?query=${query} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${app.token}\r\n\r\n`;
    // Each sends nearly as many requests as a connection may pipeline.
    const peers = await Promise.all(
      Array.from({ length: 14 }, async () => {
        const peer = connect(Number(port), '127.0.0.1');
        peer.on('error', () => {});
        await once(peer, 'connect');
        peer.pause();
        peer.write(request.repeat(15));
        return peer;
      }),
    );
    const { token } = await app.signUp('member');
    const unsent = async () => {
      const text = await (await fetch(`${app.url}/metrics`)).text();
      const line = /ziggie_budget_held\{resource="BUFFERED_BYTES",holder="USER"\} (\d+)/.exec(text);
      return Number(line?.[1] ?? 0);
    };
    // The buffers of the operating system fill first.
    while ((await unsent()) < 500_000) await new Promise(setImmediate);
    for (let count = 0; count < 20; count += 1) {
      expect(await unsent()).toBeLessThanOrEqual(1_000_000);
      const { data } = await app.graphql('{ viewer { id } }', {}, token);
      expect(data).toMatchObject({ viewer: { id: expect.any(String) } });
    }
    for (const peer of peers) peer.destroy();
  }, 60_000);

  it('bound the unfinished bodies of an address, but not small ones', async () => {
    app = await startTestApp({ env: { CALLER_LIMITS: 'bufferedBytes=5000000' } });
    const { port } = new URL(app.url);
    const begin = async (body: string) => {
      const peer = connect(Number(port), '127.0.0.1');
      peer.on('error', () => {});
      const head = 'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
      peer.write(`${head}${body}\r\n\r\n9\r\n{"query":\r\n`);
      return peer;
    };
    const first = await begin('Content-Length: 3000000');
    const held = async () =>
      (await (await fetch(`${app.url}/metrics`)).text()).includes(
        'resource="BUFFERED_BYTES",holder="ADDRESS"} 3000000',
      );
    while (!(await held())) await new Promise(setImmediate);
    for (const body of ['Content-Length: 3000000', 'Transfer-Encoding: chunked']) {
      const rejected = await begin(body);
      expect(String((await once(rejected, 'data'))[0])).toMatch(/^HTTP\/1.1 429 /);
      rejected.destroy();
    }
    expect((await app.graphql('{ viewer { id } }')).errors).toBeUndefined();
    first.destroy();
    while (await held()) await new Promise(setImmediate);
  }, 60_000);

  it('leave room for users while anonymous addresses send unfinished bodies', async () => {
    app = await startTestApp({ env: { CALLER_LIMITS: 'bufferedBytes=5000000' } });
    const port = Number(new URL(app.url).port);
    const begin = async (localAddress: string) => {
      const peer = connect({ port, host: '127.0.0.1', localAddress });
      peer.on('error', () => {});
      const head = 'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
      peer.write(`${head}Content-Length: 4000000\r\n\r\n{"query":`);
      return peer;
    };
    const held = async () =>
      (await (await fetch(`${app.url}/metrics`)).text()).includes(
        'resource="BUFFERED_BYTES",holder="ADDRESS"} 4000000',
      );
    const peers = [await begin('127.0.0.2')];
    while (!(await held())) await new Promise(setImmediate);
    for (const address of ['127.0.0.3', '127.0.0.4']) {
      const rejected = await begin(address);
      expect(String((await once(rejected, 'data'))[0])).toMatch(/^HTTP\/1.1 429 /);
      peers.push(rejected);
    }
    const { errors } = await app.graphql('{ __typename }', { unused: 'x'.repeat(4_000_000) });
    expect(errors).toBeUndefined();
    for (const peer of peers) peer.destroy();
  }, 60_000);
});

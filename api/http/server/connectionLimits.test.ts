import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { eventually } from '../../process/eventually.testing.ts';
import { startTestApp, type TestApp } from '../testing/app.testing.ts';

describe('connections', () => {
  let app: TestApp;
  const peers: Socket[] = [];

  const open = async (): Promise<Socket> => {
    const peer = connect(Number(new URL(app.url).port), '127.0.0.1');
    peer.on('error', () => {});
    peers.push(peer);
    await once(peer, 'connect');
    return peer;
  };
  const closed = (peer: Socket) => (peer.closed ? Promise.resolve() : once(peer.resume(), 'close'));

  const answers = async (peer: Socket) => {
    peer.write('GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n');
    let text = '';
    const answered = new AbortController();
    const { signal } = answered;
    const closed = once(peer, 'close', { signal }).then(() => {
      throw new Error('the connection was closed before it was answered');
    });
    closed.catch(() => {});
    try {
      while (!text.includes('"live"')) {
        text += String((await Promise.race([once(peer, 'data', { signal }), closed]))[0]);
      }
    } finally {
      answered.abort();
    }
    return text;
  };

  afterEach(async () => {
    for (const peer of peers.splice(0)) peer.destroy();
    await app.stop();
  });

  it('that send nothing or half a request are closed for those that send one', async () => {
    app = await startTestApp({ env: { CALLER_LIMITS: 'addressIdleConnections=5' } });
    const silent: Socket[] = [];
    for (let count = 0; count < 5; count += 1) {
      const peer = await open();
      if (count % 2 === 0) peer.write('GET / HTTP/1.1\r\nHost: x\r\nX-Half: ');
      silent.push(peer);
    }
    const honest = await open();
    expect(await answers(honest)).toContain('200 OK');
    // Each has a grace period. The one that sent nothing for longest is closed first.
    for (const peer of silent) {
      peer.resume();
      const openAnother = async () => {
        const another = await open();
        expect(await answers(another)).toContain('200 OK');
        // It stays in use, so that it isn't the one that is idle longest.
        expect(await answers(honest)).toContain('200 OK');
        return peer.closed;
      };
      await eventually(openAnother, Boolean, { intervalMs: 100 });
    }
    // A used connection outlives those that were never used.
    expect(await answers(honest)).toContain('200 OK');
  }, 60_000);

  it('that open at once and each send a request are all answered', async () => {
    app = await startTestApp({ env: { CALLER_LIMITS: 'addressIdleConnections=5' } });
    const all = await Promise.all(Array.from({ length: 60 }, open));
    for (const text of await Promise.all(all.map(answers))) expect(text).toContain('200 OK');
  }, 60_000);

  it('are bounded over all addresses together', async () => {
    app = await startTestApp({ env: { CALLER_LIMITS: 'idleConnections=3' } });
    const [first] = [await open(), await open(), await open(), await open()];
    await closed(first as Socket);
  }, 60_000);

  it('are closed when they pipeline too many requests, which are not answered', async () => {
    app = await startTestApp({ env: {} });
    const peer = await open();
    let text = '';
    peer.on('data', (chunk) => {
      text += String(chunk);
    });
    peer.write('GET /chat HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(1000));
    await closed(peer);
    expect(text.split('HTTP/1.1 ').length).toBeLessThan(40);
    expect(await answers(await open())).toContain('200 OK');
  }, 60_000);

  it('can pipeline a few requests', async () => {
    app = await startTestApp({ env: {} });
    const peer = await open();
    peer.write('GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(10));
    let text = '';
    while (text.split('"live"').length < 11) text += String((await once(peer, 'data'))[0]);
  }, 60_000);
});

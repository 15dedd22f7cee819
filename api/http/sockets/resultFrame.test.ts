import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import WebSocket, { WebSocketServer } from 'ws';
import { resultFrame } from './resultFrame.ts';

describe('the frame of a result', () => {
  it('is read by ws at each length of its header', async () => {
    const openings = ['{"id":"1",', '{"id":"é👩‍🚀",'];
    const results = [0, 1, 110, 111, 112, 65_520, 65_521, 65_522, 65_523, 65_524, 70_000]
      .map((length) => 'a'.repeat(length))
      .concat('{"delta":"👩‍🚀 é"}', '👩‍🚀'.repeat(20_000));
    // Several readers get a result one after another, and it may return.
    const parts = [...results, 'a'].flatMap((json) =>
      [...openings, ...openings].map((opening) => [opening, json] as const),
    );
    const texts = parts.map(([opening, json]) => `${opening}${json}}`);
    const sockets = new WebSocketServer({ noServer: true });
    const upgrading = createServer();
    upgrading.on('upgrade', (request, connection: Socket, head) =>
      sockets.handleUpgrade(request, connection, head, () => {
        for (const [opening, json] of parts) connection.write(resultFrame(opening, json));
      }),
    );
    upgrading.listen(0, '127.0.0.1');
    await once(upgrading, 'listening');
    const { port } = upgrading.address() as { port: number };
    const client = new WebSocket(`ws://127.0.0.1:${port}`);
    const received: string[] = [];
    const all = new Promise<void>((resolve, reject) => {
      client.on('error', reject);
      client.on('message', (message, isBinary) => {
        expect(isBinary).toBe(false);
        received.push(String(message));
        if (received.length === texts.length) resolve();
      });
    });
    await all;
    expect(received).toEqual(texts);
    client.terminate();
    sockets.close();
    upgrading.close();
  });
});

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import WebSocket, { WebSocketServer } from 'ws';
import { textFrame } from './textFrame.ts';

describe('a text frame', () => {
  it('is read by ws at each length of its header', async () => {
    const texts = [0, 1, 125, 126, 127, 65_535, 65_536, 70_000]
      .map((length) => 'a'.repeat(length))
      .concat('{"delta":"👩‍🚀 é"}', '👩‍🚀'.repeat(20_000));
    const sockets = new WebSocketServer({ noServer: true });
    const upgrading = createServer();
    upgrading.on('upgrade', (request, connection: Socket, head) =>
      sockets.handleUpgrade(request, connection, head, () => {
        for (const text of texts) connection.write(textFrame(text));
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

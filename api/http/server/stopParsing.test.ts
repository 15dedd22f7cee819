import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { stopParsingWhenDestroyed } from './stopParsing.ts';

describe('stopParsingWhenDestroyed', () => {
  it('ends the parsing of pipelined requests at the one that destroys the connection', async () => {
    let count = 0;
    const server = createServer(({ socket }, response) => {
      count += 1;
      if (count === 17) socket.destroy();
      else response.end();
    });
    server.on('connection', stopParsingWhenDestroyed);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const peer = connect((server.address() as AddressInfo).port, '127.0.0.1');
    peer.on('error', () => {});
    peer.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(3000));
    // `once` would reject because of the reset.
    await new Promise((resolve) => peer.resume().once('close', resolve));
    expect(count).toBe(17);
    // Other connections are served.
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    expect(response.status).toBe(200);
    server.closeAllConnections();
    server.close();
  });
});

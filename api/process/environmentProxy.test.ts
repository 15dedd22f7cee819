import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { applyEnvironmentProxy } from './environmentProxy.ts';

describe('HTTPS_PROXY', () => {
  /** Fetches the URLs in a process of its own. Returns what a proxy and a local server received. */
  const fetchAll = async (urls: (local: string) => readonly string[], env: Record<string, string>) => {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      response.end();
    });
    server.on('connect', (request, socket) => {
      seen.push(`CONNECT ${request.url}`);
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const local = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const module = new URL('./environmentProxy.ts', import.meta.url).href;
    const program = `
      const { applyEnvironmentProxy } = await import(${JSON.stringify(module)});
      applyEnvironmentProxy(process.env, ['https://engine.invalid:11434']);
      for (const url of ${JSON.stringify(urls(local))}) await fetch(url).then((got) => got.text(), () => {});`;
    const flags = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program];
    const variables = { PATH: process.env.PATH, HTTPS_PROXY: local, ...env };
    await promisify(execFile)(process.execPath, flags, { env: variables });
    server.close();
    server.closeAllConnections();
    return seen;
  };

  it('takes requests to an identity provider, but not those to this machine, the engine and NO_PROXY', async () => {
    const seen = await fetchAll(
      (local) => [
        'https://id.invalid/.well-known/openid-configuration',
        'https://intern.invalid/keys',
        'https://engine.invalid:11434/api/tags',
        `${local}/direct`,
      ],
      { NO_PROXY: 'intern.invalid' },
    );
    expect(seen).toEqual(['CONNECT id.invalid:443', 'GET /direct']);
  });

  it('that is blank counts as absent', async () => {
    const seen = await fetchAll(() => ['https://id.invalid/'], { HTTPS_PROXY: '' });
    expect(seen).toEqual([]);
  });

  it.each(['not a url', 'proxy:8080', 'socks5://proxy:1080'])('that is %p prevents the start', (proxy) => {
    const message = 'HTTPS_PROXY is not a URL of a proxy. Write it as http://host:port.';
    expect(() => applyEnvironmentProxy({ HTTPS_PROXY: proxy }, [])).toThrow(message);
  });
});

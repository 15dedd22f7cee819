import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import WebSocket from 'ws';
import { chromiumPath, openBrowser } from './harness/browser.ts';
import { type Client, signIn } from './harness/client.ts';
import { makeFolder, removeFolder } from './harness/folder.ts';
import { adminPassword, type ServerProcess, startServer } from './harness/process.ts';
import { freePort } from './harness/redis.ts';
import { describeWithPrograms, missingPrograms } from './harness/shell.ts';
import { type StandinProcess, startStandin } from './harness/standin.ts';
import { startWebProxy, type WebProxy } from './harness/webProxy.ts';

const [missingNginx, missingCaddy] = await Promise.all([
  missingPrograms('nginx', 'openssl'),
  missingPrograms('caddy', 'openssl'),
]);

const minutes = 60_000;
/** The stand-in's answer to this has four tokens, one each second. */
const prompt = 'Count to 4';

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Received {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Readable;
}

/** Sends a request by HTTP/1.1, and accepts the self-signed certificate. */
const send = async (
  url: string,
  { method = 'GET', headers = {}, body = '' }: Sent = {},
): Promise<Received> => {
  const options = { method, headers, rejectUnauthorized: false };
  const request = url.startsWith('https:') ? httpsRequest(url, options) : httpRequest(url, options);
  request.end(body);
  const [response] = await once(request, 'response');
  return { status: response.statusCode, headers: response.headers, body: response.setEncoding('utf8') };
};

const textOf = async ({ body }: Received): Promise<string> => {
  let text = '';
  for await (const chunk of body) text += chunk;
  return text;
};

/** Returns the chunks of a stream that have text of the answer, with their times in ms. */
const answerChunks = async (
  body: Readable,
): Promise<readonly { readonly at: number; readonly text: string }[]> => {
  const chunks: { at: number; text: string }[] = [];
  for await (const text of body) {
    if (/"(?:content|response|delta)":"\d+ "/.test(String(text))) {
      chunks.push({ at: performance.now(), text: String(text) });
    }
  }
  return chunks;
};

/** Expects that the first token arrived by itself, and long before the last one. */
const expectStreamed = (chunks: Awaited<ReturnType<typeof answerChunks>>): void => {
  expect(chunks[0]?.text).toContain('"0 "');
  expect(chunks[0]?.text).not.toContain('"1 "');
  expect((chunks.at(-1)?.at ?? 0) - (chunks[0]?.at ?? 0)).toBeGreaterThan(1000);
};

describe('the documented proxies', () => {
  let folder: string;
  let standin: StandinProcess;
  const started: ServerProcess[] = [];

  beforeAll(async () => {
    folder = await makeFolder();
    standin = await startStandin(1);
  }, minutes);
  afterAll(async () => {
    await Promise.all(started.map((server) => server.stop()));
    await standin.kill();
    await removeFolder(folder);
  }, 2 * minutes);

  /** Starts a server that browsers reach at `publicUrl`. */
  const serve = async (publicUrl: string): Promise<{ server: ServerProcess; client: Client }> => {
    const server = await startServer({
      dataDir: join(folder, `data-${started.length}`),
      env: { OLLAMA_URL: standin.url, PUBLIC_URL: publicUrl, TRUST_PROXY: 'loopback' },
    });
    started.push(server);
    return { server, client: await signIn(server.url, 'admin', adminPassword) };
  };

  const asked = (token: string, body: object, accept = '*/*'): Sent => ({
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', Accept: accept },
    body: JSON.stringify(body),
  });
  const chat = { model: 'stand-in', messages: [{ role: 'user', content: prompt }], stream: true };

  /** Signs in as a page at `url`. Returns the `Set-Cookie` header. */
  const signInAt = async (url: string): Promise<string> => {
    const query = 'mutation ($input: SignInInput!) { signIn(input: $input) { viewer { username } } }';
    const variables = { input: { username: 'admin', password: adminPassword } };
    const answer = await send(`${url}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Origin: new URL(url).origin },
      body: JSON.stringify({ query, variables }),
    });
    expect(await textOf(answer)).toContain('"username":"admin"');
    return String(answer.headers['set-cookie']);
  };

  const expectSocket = async (url: string, cookie: string): Promise<void> => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      rejectUnauthorized: false,
      headers: { Cookie: cookie.split(';')[0], Origin: new URL(url).origin },
    });
    await once(socket, 'open');
    const send = (message: object) => socket.send(JSON.stringify(message));
    const next = async () => JSON.parse(String((await once(socket, 'message'))[0]));
    const acknowledged = next();
    send({ type: 'connection_init' });
    expect(await acknowledged).toMatchObject({ type: 'connection_ack' });
    const answered = next();
    send({ id: '1', type: 'subscribe', payload: { query: '{ viewer { username } }' } });
    expect(await answered).toMatchObject({ payload: { data: { viewer: { username: 'admin' } } } });
    socket.close();
    await once(socket, 'close');
  };

  /** Expects that the page and all its files load, a socket works, and the cookie belongs to the path. */
  const expectWebApp = async (url: string): Promise<void> => {
    const { pathname } = new URL(url);
    const page = await textOf(await send(`${url}/chat/any`));
    const files = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => String(path));
    expect(files.length).toBeGreaterThan(3);
    for (const path of files) {
      expect(path.startsWith(pathname)).toBe(true);
      expect([path, (await send(new URL(path, url).href)).status]).toEqual([path, 200]);
    }
    const cookie = await signInAt(url);
    expect(cookie).toContain(`; Path=${pathname};`);
    await expectSocket(url, cookie);
    expect(await textOf(await send(`${url}/docs`))).toContain('src="docs/start.js"');
    expect((await send(`${url}/docs/start.js`)).status).toBe(200);
  };

  describeWithPrograms(missingNginx, 'nginx', () => {
    describe('with the smallest configuration', () => {
      let proxy: WebProxy;
      let client: Client;
      beforeAll(async () => {
        const port = await freePort();
        const { server, client: signedIn } = await serve(`http://localhost:${port}`);
        client = signedIn;
        const name = 'nginx smallest';
        proxy = await startWebProxy({ folder: join(folder, 'smallest'), name, upstream: server.url, port });
      }, 2 * minutes);
      afterAll(() => proxy?.stop());

      it.each([
        ['event streams of OpenAI', '/v1/chat/completions', chat],
        ['JSON lines of Ollama', '/api/llm/generate', { prompt, stream: true }],
      ])(
        'passes on %s token by token',
        async (_what, path, body) => {
          const answer = await send(proxy.url + path, asked(client.token, body));
          expect(answer.status).toBe(200);
          expectStreamed(await answerChunks(answer.body));
        },
        minutes,
      );

      it(
        'passes on a GraphQL subscription event by event',
        async () => {
          const { generation } = await client.generate({ prompt });
          const query = 'subscription ($id: ID!) { generation(id: $id) { delta } }';
          const body = { query, variables: { id: generation.id } };
          const answer = await send(`${proxy.url}/graphql`, asked(client.token, body, 'text/event-stream'));
          expect(answer.headers['content-encoding']).toBeUndefined();
          expectStreamed(await answerChunks(answer.body));
        },
        minutes,
      );

      it('lets pages sign in, although it sends another Host', async () => {
        expect(await signInAt(proxy.url)).toContain('HttpOnly');
      });
    });

    it(
      'with the recommended configuration streams over HTTP/2, and serves the web app with its sockets',
      async () => {
        const port = await freePort();
        const { server, client } = await serve(`https://localhost:${port}`);
        const name = 'nginx recommended';
        const proxy = await startWebProxy({ folder: join(folder, 'tls'), name, upstream: server.url, port });
        try {
          expectStreamed(await overHttp2(proxy.url, asked(client.token, chat)));
          await expectWebApp(proxy.url);
        } finally {
          await proxy.stop();
        }
      },
      3 * minutes,
    );

    it(
      'below a path serves the web app with its sockets',
      async () => {
        const port = await freePort();
        const { server } = await serve(`https://localhost:${port}/ai`);
        const name = 'nginx path';
        const proxy = await startWebProxy({ folder: join(folder, 'path'), name, upstream: server.url, port });
        try {
          await expectWebApp(`${proxy.url}/ai`);
          if (chromiumPath()) await expectSignInByBrowser(`${proxy.url}/ai`);
        } finally {
          await proxy.stop();
        }
      },
      3 * minutes,
    );
  });

  describeWithPrograms(missingCaddy, 'Caddy', () => {
    it(
      'streams over HTTP/2, and serves the web app with its sockets',
      async () => {
        const port = await freePort();
        const { server, client } = await serve(`https://localhost:${port}`);
        const name = 'caddy root';
        const proxy = await startWebProxy({
          folder: join(folder, 'caddy'),
          name,
          upstream: server.url,
          port,
        });
        try {
          expectStreamed(await overHttp2(proxy.url, asked(client.token, chat)));
          await expectWebApp(proxy.url);
        } finally {
          await proxy.stop();
        }
      },
      3 * minutes,
    );

    it(
      'below a path serves the web app with its sockets',
      async () => {
        const port = await freePort();
        const { server } = await serve(`https://localhost:${port}/ai`);
        const name = 'caddy path';
        const below = join(folder, 'caddy-path');
        const proxy = await startWebProxy({ folder: below, name, upstream: server.url, port });
        try {
          await expectWebApp(`${proxy.url}/ai`);
        } finally {
          await proxy.stop();
        }
      },
      3 * minutes,
    );
  });
});

/** Expects that a browser is led to the sign-in page below the path, signs in there, and opens another page. */
const expectSignInByBrowser = async (url: string): Promise<void> => {
  const browser = await openBrowser();
  try {
    const page = await browser.newPage({ ignoreHTTPSErrors: true });
    await page.goto(`${url}/models`);
    await page.waitForURL(`${url}/login?next=%2Fmodels`);
    await page.getByLabel('Username').fill('admin');
    await page.getByLabel('Password').fill(adminPassword);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.waitForURL(`${url}/models`);
    await page.getByText('stand-in:latest').first().waitFor();
  } finally {
    await browser.close();
  }
};

/** Posts to `/v1/chat/completions` by HTTP/2, and returns the chunks of the answer. */
const overHttp2 = async (url: string, { headers, body }: Sent) => {
  const session = connectHttp2(url, { rejectUnauthorized: false });
  try {
    const lowerCase = Object.fromEntries(
      Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
    );
    const stream = session.request({
      ':method': 'POST',
      ':path': '/v1/chat/completions',
      ...lowerCase,
    });
    stream.end(body);
    const [answer] = await once(stream, 'response');
    expect(answer[':status']).toBe(200);
    return await answerChunks(stream.setEncoding('utf8'));
  } finally {
    session.close();
  }
};

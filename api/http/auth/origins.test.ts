import { once } from 'node:events';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { type JWTPayload, SignJWT } from 'jose';
import { password, startTestServer, type TestServer } from '../testing/testServer.ts';

const trusted = 'https://trusted.example';
const untrusted = 'https://untrusted.example';
const publicUrl = 'https://chat.example.org';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ corsOrigins: [trusted], publicUrl });
});

afterAll(() => server.stop());

const freePorts = async (): Promise<[number, number]> => {
  const found = [0, 0].map(async () => {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    return probe;
  });
  const probes = await Promise.all(found);
  const ports = probes.map((probe) => (probe.address() as { port: number }).port);
  await Promise.all(probes.map((probe) => once(probe.close(), 'close')));
  return ports as [number, number];
};

const signInBody = { query: `mutation { signIn(username: "admin", password: "${password}") }` };

const cookie = async (): Promise<string> => {
  const response = await server.graphql(signInBody);
  return response.headers.get('set-cookie')?.split(';')[0] ?? '';
};

const viewer = async (headers: Record<string, string>) => {
  const response = await server.graphql({ query: '{ viewer }' }, headers);
  return response.status === 200
    ? ((await response.json()) as { data: { viewer: string } }).data.viewer
    : response.status;
};

describe('the session cookie', () => {
  it('is HttpOnly and SameSite=Strict, and Secure if the public URL is https', async () => {
    const attributes = (await server.graphql(signInBody)).headers.get('set-cookie')?.split('; ').slice(1);
    expect(attributes).toEqual(['Path=/', 'Max-Age=2592000', 'HttpOnly', 'SameSite=Strict', 'Secure']);
  });

  it('authenticates, and is removed by signing out, which ends the session', async () => {
    const Cookie = await cookie();
    expect(await viewer({ Cookie })).toBe('admin');
    const out = await server.graphql({ query: 'mutation { signOut }' }, { Cookie });
    expect(out.headers.get('set-cookie')).toMatch(/^ziggie_session=; Path=\/; Max-Age=0;/);
    expect(await viewer({ Cookie })).toBeNull();
  });

  it('that is stale counts as anonymous, without an error', async () => {
    expect(await viewer({ Cookie: 'ziggie_session=stale' })).toBeNull();
  });

  it('is accepted from this server’s pages, at either URL, and from listed origins', async () => {
    const Cookie = await cookie();
    expect(await viewer({ Cookie, Origin: server.url })).toBe('admin');
    expect(await viewer({ Cookie, Origin: publicUrl })).toBe('admin');
    expect(await viewer({ Cookie, Origin: trusted })).toBe('admin');
    expect(await viewer({ Cookie, 'Sec-Fetch-Site': 'same-origin' })).toBe('admin');
  });

  it.each<Record<string, string>>([
    { Origin: untrusted },
    { Origin: 'null' },
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
  ])('is ignored with %j', async (headers) => {
    const Cookie = await cookie();
    expect(await viewer({ Cookie, ...headers })).toBe(403);
    const got = await fetch(`${server.url}/graphql?query={viewer}`, {
      headers: { Accept: 'application/json', Cookie, ...headers },
    });
    expect(await got.json()).toMatchObject({ data: { viewer: null } });
  });

  it('is not set for another origin, so that no page can sign a user in as another user', async () => {
    const response = await server.graphql(signInBody, { Origin: untrusted });
    expect(response.status).toBe(403);
    expect(response.headers.has('set-cookie')).toBe(false);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
  });
});

describe('a bearer token', () => {
  it('is accepted from any origin, since no page can make a browser send it', async () => {
    const Authorization = `Bearer ${await server.token()}`;
    expect(await viewer({ Authorization })).toBe('admin');
    expect(await viewer({ Authorization, Origin: untrusted })).toBe('admin');
    expect(await viewer({ authorization: Authorization.replace('Bearer', 'bearer') })).toBe('admin');
  });

  it.each(['Bearer nonsense', 'Bearer ', 'Bearer'])(
    'that is invalid (%s) is rejected, even beside a valid cookie',
    async (Authorization) => {
      const response = await server.graphql(
        { query: '{ viewer }' },
        { Authorization, Cookie: await cookie() },
      );
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      expect(await response.json()).toMatchObject({
        errors: [
          { message: expect.stringContaining('Sign in again'), extensions: { code: 'UNAUTHENTICATED' } },
        ],
      });
    },
  );

  it('that lacks a claim is rejected with the name of the claim', async () => {
    const sign = (claims: JWTPayload) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(new Uint8Array(32).fill(1));
    const messageOf = async (claims: JWTPayload) => {
      const headers = { Authorization: `Bearer ${await sign(claims)}` };
      const response = await fetch(`${server.url}/api/auth/logout`, { method: 'POST', headers });
      expect(response.status).toBe(401);
      return ((await response.json()) as { detail: string }).detail;
    };
    const exp = Math.floor(Date.now() / 1000) + 60;
    expect(await messageOf({ sub: 'user', exp })).toContain('lacks the claims "iss", "aud".');
    expect(await messageOf({ iss: 'a', aud: 'b', sub: 'user' })).toContain('lacks the claim "exp".');
    expect(await messageOf({ iss: 'a', aud: 'b', sub: 'user', exp })).toContain('is not valid');
  });

  it('may be in HTTP Basic, for clients that only know a URL', async () => {
    const token = await server.token();
    for (const pair of [`${token}:`, `ollama:${token}`]) {
      expect(await viewer({ Authorization: `Basic ${btoa(pair)}` })).toBe('admin');
    }
    expect(await viewer({ Authorization: `Basic ${btoa('zk_unknown:')}` })).toBe(401);
  });

  it('in HTTP Basic does not serve pages of other sites, because browsers repeat it', async () => {
    const Authorization = `Basic ${btoa(`${await server.token()}:`)}`;
    expect(await viewer({ Authorization, Origin: untrusted })).toBe(403);
    expect(await viewer({ Authorization, 'Sec-Fetch-Site': 'cross-site' })).toBe(403);
  });

  it('leaves other schemes of Authorization to proxies', async () => {
    expect(await viewer({ Authorization: 'Basic YTpi', Cookie: await cookie() })).toBe('admin');
  });
});

describe('the origin of a page', () => {
  it('may be that of the other port, by any loopback name, without configuration', async () => {
    const [port, webPort] = await freePorts();
    const both = await startTestServer({
      addresses: [port, webPort].map((each) => ({ host: '127.0.0.1', port: each, variable: 'PORT' })),
    });
    const Authorization = `Bearer ${await both.token()}`;
    const get = (Origin: string, host = 'localhost') =>
      fetch(`http://${host}:${port}/v1/models`, { headers: { Authorization, Origin } });
    for (const page of [`http://localhost:${webPort}`, `http://127.0.0.1:${webPort}`]) {
      expect((await get(page, '127.0.0.1')).headers.get('access-control-allow-origin')).toBe(page);
    }
    for (const page of [
      `http://localhost:1`,
      `http://other.example:${webPort}`,
      `https://localhost:${webPort}`,
    ]) {
      expect((await get(page, '127.0.0.1')).headers.has('access-control-allow-origin')).toBe(false);
    }
    await both.stop();
  });

  it('is the same with the default port of its scheme, and a mismatch names PUBLIC_URL', async () => {
    const signIn = async (host: string, origin: string) => {
      const { hostname, port } = new URL(server.url);
      const { promise, resolve } = Promise.withResolvers<readonly [number | undefined, string]>();
      const headers = { Host: host, Origin: origin, 'Content-Type': 'application/json' };
      const sent = request(
        { hostname, port, path: '/api/auth/login', method: 'POST', headers },
        (response) => {
          response.setEncoding('utf8');
          let body = '';
          response.on('data', (chunk: string) => {
            body += chunk;
          });
          response.on('end', () => resolve([response.statusCode, body]));
        },
      );
      sent.end(JSON.stringify({ username: 'admin', password }));
      return promise;
    };
    expect(await signIn('app.example:443', 'https://app.example')).toMatchObject([200, expect.any(String)]);
    expect(await signIn('app.example:80', 'http://app.example')).toMatchObject([200, expect.any(String)]);
    const [status, body] = await signIn('backend:8000', 'https://app.example');
    expect(status).toBe(403);
    expect(body).toMatch(/https:\/\/app\.example.*backend:8000.*set PUBLIC_URL/);
  });
});

describe('other origins', () => {
  const preflight = (origin: string, path = '/graphql') =>
    fetch(server.url + path, {
      method: 'OPTIONS',
      headers: {
        Origin: origin,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'authorization',
      },
    });

  it.each(['/graphql', '/api/auth/login', '/v1/models'])('can call %s if they are listed', async (path) => {
    const { status, headers } = await preflight(trusted, path);
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe(trusted);
    expect(headers.get('access-control-allow-credentials')).toBe('true');
    expect(headers.get('access-control-allow-headers')).toContain('authorization');
    expect(headers.get('vary')).toContain('Origin');
  });

  it('can send the headers of any client, but not those of proxies', async () => {
    const asked =
      'authorization,content-type,user-agent,x-stainless-os,openai-project,anthropic-version,x-api-key,x-forwarded-for';
    const { headers } = await fetch(`${server.url}/v1/chat/completions`, {
      method: 'OPTIONS',
      headers: {
        Origin: trusted,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': asked,
      },
    });
    const allowed = headers.get('access-control-allow-headers')?.toLowerCase().split(', ') ?? [];
    expect(allowed).toEqual(expect.arrayContaining(asked.split(',').slice(0, -1)));
    expect(allowed).not.toContain('x-forwarded-for');
  });

  it('cannot call if they are not listed', async () => {
    for (const origin of [untrusted, 'null', `${trusted}.evil.example`]) {
      expect((await preflight(origin)).headers.has('access-control-allow-origin')).toBe(false);
      const response = await server.graphql({ query: '{ viewer }' }, { Origin: origin });
      expect(response.headers.has('access-control-allow-origin')).toBe(false);
    }
  });

  it('can read the request id and Retry-After', async () => {
    const { headers } = await server.graphql({ query: '{ viewer }' }, { Origin: trusted });
    expect(headers.get('access-control-expose-headers')).toBe(
      'Mcp-Session-Id, Retry-After, X-Error-Code, X-Model-Reason, X-Request-Id, X-Should-Retry',
    );
  });
});

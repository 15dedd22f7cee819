import { password, startTestServer, type TestServer } from '../testing/testServer.ts';

const trusted = 'https://trusted.example';
const untrusted = 'https://untrusted.example';
const publicUrl = 'https://chat.example.org';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ corsOrigins: [trusted], publicUrl });
});

afterAll(() => server.stop());

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

  it('leaves other schemes of Authorization to proxies', async () => {
    expect(await viewer({ Authorization: 'Basic YTpi', Cookie: await cookie() })).toBe('admin');
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
    expect(headers.get('access-control-allow-headers')).toContain('Authorization');
    expect(headers.get('vary')).toContain('Origin');
  });

  it("can send the headers of OpenAI's client, but no unknown ones", async () => {
    const asked = 'authorization,content-type,x-stainless-os,x-stainless-retry-count,openai-project,x-evil';
    const { headers } = await fetch(`${server.url}/v1/chat/completions`, {
      method: 'OPTIONS',
      headers: {
        Origin: trusted,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': asked,
      },
    });
    const allowed = headers.get('access-control-allow-headers')?.toLowerCase().split(', ') ?? [];
    expect(allowed).toEqual(expect.arrayContaining([...asked.split(',').slice(0, -1), 'x-api-key']));
    expect(allowed).not.toContain('x-evil');
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
    expect(headers.get('access-control-expose-headers')).toBe('Retry-After, X-Request-Id');
  });
});

import { password, startTestServer, type TestServer } from '../testing/testServer.ts';
import { createSessionCookie, installationOf } from './cookies.ts';

describe('the session cookies of two installations on one host', () => {
  const cookieOf = (seed: number) =>
    createSessionCookie({
      installation: installationOf(new Uint8Array(32).fill(seed)),
      basePath: '',
      secure: false,
    });
  const pairOf = (header: string) => header.split(';')[0];

  it('have different names, so that signing in to one keeps the session of the other', () => {
    const [one, other] = [cookieOf(1), cookieOf(2)];
    const header = `${pairOf(one.write('first'))}; ${pairOf(other.write('second'))}`;
    expect([one.read(header), other.read(header)]).toEqual(['first', 'second']);
  });

  it('have the same name in all replicas of one, which share the signing key', () => {
    expect(cookieOf(1).read(pairOf(cookieOf(1).write('first')))).toBe('first');
  });

  it('of earlier versions, without a suffix, still count', () => {
    expect(cookieOf(1).read('ziggie_session=older')).toBe('older');
  });
});

describe('signing in at an address without https, while PUBLIC_URL has it', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ publicUrl: 'https://chat.example' });
  });
  afterAll(() => server.stop());

  const query = `mutation { signIn(username: "admin", password: "${password}") }`;

  it('works on the machine itself, with a cookie that its browser keeps', async () => {
    const response = await server.graphql({ query }, { Origin: server.url });
    expect(response.headers.get('set-cookie')).toMatch(/SameSite=Strict$/);
  });

  it('elsewhere says which address to open, and opens no session', async () => {
    const { status, body } = await postAs(server.url, 'chat.example:3000', query);
    expect(status).toBe(200);
    expect(body).toContain('Open https://chat.example instead.');
    expect(body).toContain('"code":"FORBIDDEN"');
  });
});

/** Posts a query with another `Host` and its origin by http, which `fetch` can't set. */
const postAs = async (url: string, host: string, query: string) => {
  const { request } = await import('node:http');
  const { promise, resolve, reject } = Promise.withResolvers<{ status?: number; body: string }>();
  const headers = { Host: host, Origin: `http://${host}`, 'Content-Type': 'application/json' };
  const sent = request(`${url}/graphql`, { method: 'POST', headers }, async (response) => {
    let body = '';
    for await (const chunk of response.setEncoding('utf8')) body += chunk;
    resolve({ status: response.statusCode, body });
  });
  sent.on('error', reject);
  sent.end(JSON.stringify({ query }));
  return promise;
};

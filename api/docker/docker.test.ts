import { startTestApp, type TestApp } from '../http/testing/app.testing.ts';
import { type DockerStandin, startDockerStandin } from './standin/standin.ts';

interface Request {
  readonly id: string;
  readonly effect: string;
  readonly status: string;
  readonly problem: string;
  readonly viewerCanConfirm: boolean;
}

describe('Docker commands on a running server', () => {
  let docker: DockerStandin;
  let app: TestApp;
  let member: string;
  let other: string;
  let readOnly: string;
  beforeEach(async () => {
    docker = await startDockerStandin();
    app = await startTestApp({ env: { DOCKER_HOST: docker.host, DOCKER_CONTAINERS: 'web,old-*' } });
    member = (await app.signUp('member')).token;
    other = (await app.signUp('other')).token;
    readOnly = (await app.signUp('reader', 'VIEWER')).token;
  });
  afterEach(async () => {
    await app.stop();
    await docker.close();
  });

  const run = async (input: string, token = member) => {
    const { data, errors } = await app.graphql<{
      readonly runDockerCommand: { readonly command: string; readonly output: string } | null;
    }>(`mutation { runDockerCommand(input: { ${input} }) { command output isCut } }`, {}, token);
    return data?.runDockerCommand ?? errors?.[0];
  };
  const mutate = async (mutation: string, input: string, token = member) => {
    const { data, errors } = await app.graphql<Record<string, { readonly request: Request } | null>>(
      `mutation { ${mutation}(input: { ${input} }) { request { id command effect status problem viewerCanConfirm } } }`,
      {},
      token,
    );
    return { request: data?.[mutation]?.request, error: errors?.[0] };
  };
  const request = async (input: string, token = member): Promise<Request> => {
    const { request: made, error } = await mutate('requestDockerCommand', input, token);
    if (!made) throw new Error(error?.message);
    return made;
  };
  const confirm = ({ id, effect }: Pick<Request, 'id' | 'effect'>, token = app.token) =>
    mutate('confirmDockerCommand', `id: "${id}", effect: ${JSON.stringify(effect)}`, token);
  const audited = async (action: string) => {
    const { data } = await app.graphql<{
      readonly auditLog: { readonly edges: readonly { readonly node: unknown }[] };
    }>(
      `{ auditLog(first: 9, filter: { actions: [${action}] }) { edges { node { outcome username target details } } } }`,
    );
    return data?.auditLog.edges.map(({ node }) => node);
  };
  /** The requests that change something at the Engine. */
  const changes = () => docker.requests.filter((each) => !each.startsWith('GET '));

  it('that only read run for members, on allowed containers only', async () => {
    expect(await run('name: PS')).toMatchObject({
      command: 'docker ps',
      output: expect.stringMatching(/^web {2}a{12} {2}nginx:1\.29 {2}Up 2 hours\nold-job /),
    });
    expect(await run('name: LOGS, container: "web", lines: 1')).toMatchObject({
      command: 'docker logs --tail 1 web',
      output: 'GET /admin 404',
    });
    expect(await run(`name: LOGS, container: "${'a'.repeat(12)}", lines: 1`)).toMatchObject({
      output: 'GET /admin 404',
    });
    // The Engine takes the beginning of an id for it; the name `aaaa` may mean another container.
    for (const container of ['db', 'bbbb', 'no-such', 'aaaa', 'b'.repeat(64)]) {
      expect(await run(`name: LOGS, container: "${container}"`)).toMatchObject({
        extensions: { code: 'NOT_FOUND' },
      });
    }
    expect(await run('name: IMAGES')).toMatchObject({ output: 'nginx:1.29  111111111111  190.0 MB' });
    expect(await run('name: PS', readOnly)).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
    expect(await audited('RUN_DOCKER_COMMAND')).toContainEqual(
      expect.objectContaining({ outcome: 'OK', username: 'member', target: 'docker logs --tail 1 web' }),
    );
    expect(changes()).toEqual([]);
  });

  it('are denied to every API key', async () => {
    const { data } = await app.graphql<{ readonly createApiKey: { readonly secret: string } }>(
      'mutation { createApiKey(input: { name: "k", scopes: [CHAT, READ, ADMIN] }) { secret } }',
    );
    const key = data?.createApiKey.secret ?? '';
    expect(await run('name: PS', key)).toMatchObject({
      extensions: { code: 'FORBIDDEN' },
      message: expect.stringContaining('API keys may not do this'),
    });
    const { error } = await mutate('requestDockerCommand', 'name: STOP, container: "web"', key);
    expect(error?.extensions.code).toBe('FORBIDDEN');
    expect(docker.requests).toEqual([]);
  });

  it('have their arguments checked', async () => {
    for (const [input, message] of [
      ['name: LOGS', 'docker logs needs the name or id of one container'],
      ['name: LOGS, container: "web; reboot"', 'docker logs needs'],
      ['name: LOGS, container: "../images"', 'docker logs needs'],
      ['name: PS, container: "web"', 'docker ps takes no container'],
      ['name: INSPECT, container: "web", lines: 5', 'Only docker logs takes lines'],
      ['name: RESTART, container: "web"', 'Request it with requestDockerCommand'],
    ]) {
      expect(await run(input ?? '')).toMatchObject({
        message: expect.stringContaining(message ?? ''),
        extensions: { code: 'BAD_USER_INPUT' },
      });
    }
    expect((await mutate('requestDockerCommand', 'name: PS, container: "web"')).error?.extensions.code).toBe(
      'BAD_USER_INPUT',
    );
    expect(docker.requests).toEqual([]);
  });

  it('that change a container run once an administrator confirms their exact effect', async () => {
    const made = await request('name: RESTART, container: "web", reason: "It hangs."');
    expect(made).toMatchObject({ status: 'PENDING', viewerCanConfirm: false });
    expect(made.effect).toContain(
      'docker restart on the container web (id aaaaaaaaaaaa, image nginx:1.29, running)',
    );
    expect(changes()).toEqual([]);
    expect((await confirm(made, member)).error?.extensions.code).toBe('FORBIDDEN');
    expect((await confirm({ ...made, effect: 'Something else.' })).error?.extensions).toMatchObject({
      code: 'CONFLICT',
      effect: made.effect,
    });
    expect(changes()).toEqual([]);
    const both = await Promise.all([confirm(made), confirm(made)]);
    expect(both.map(({ request: done }) => done?.status).toSorted()).toEqual(['COMPLETED', undefined]);
    expect(changes()).toEqual([`POST /containers/${'a'.repeat(64)}/restart?t=10`]);
    expect((await confirm(made)).error?.extensions.code).toBe('CONFLICT');
    expect(await audited('CONFIRM_DOCKER_COMMAND')).toContainEqual(
      expect.objectContaining({
        outcome: 'OK',
        username: 'admin',
        target: 'docker restart web',
        details: expect.objectContaining({ effect: made.effect, status: 'COMPLETED' }),
      }),
    );
    expect(await audited('REQUEST_DOCKER_COMMAND')).toHaveLength(1);
  });

  it('need a new look if the container changes before the confirmation', async () => {
    const made = await request('name: STOP, container: "web"');
    const [web] = docker.containers;
    if (!web) throw new Error('no container');
    web.state = 'paused';
    const { error } = await confirm(made);
    expect(error?.message).toContain('paused');
    expect(changes()).toEqual([]);
    const { request: done } = await confirm({ id: made.id, effect: String(error?.extensions.effect) });
    expect(done?.status).toBe('COMPLETED');
  });

  it('never reach another container that got the name', async () => {
    const made = await request('name: RESTART, container: "web"');
    const [web] = docker.containers;
    if (!web) throw new Error('no container');
    docker.containers[0] = { ...web, id: 'd'.repeat(64) };
    expect((await confirm(made)).error?.extensions.code).toBe('NOT_FOUND');
    expect(changes()).toEqual([]);
  });

  it('that fail say why, and a declined one does not run', async () => {
    const removal = await request('name: REMOVE, container: "web"');
    const { request: failed } = await confirm(removal);
    expect(failed).toMatchObject({
      status: 'FAILED',
      problem: expect.stringContaining('container is running'),
    });
    const stop = await request('name: STOP, container: "web"');
    expect((await mutate('declineDockerCommand', `id: "${stop.id}"`)).error?.extensions.code).toBe(
      'FORBIDDEN',
    );
    const { request: declined } = await mutate('declineDockerCommand', `id: "${stop.id}"`, app.token);
    expect(declined?.status).toBe('DECLINED');
    expect((await confirm(stop)).error?.message).toContain('it is declined');
    expect(docker.containers[0]?.state).toBe('running');
  });

  it('are listed for their owner and for administrators, and 20 may wait', async () => {
    await Promise.all(Array.from({ length: 3 }, () => request('name: STOP, container: "web"')));
    const list = async (token: string) => {
      const { data } = await app.graphql<{
        readonly dockerRequests: { readonly edges: readonly { readonly node: Request }[] };
        readonly dockerEnabled: boolean;
      }>('{ dockerEnabled dockerRequests(first: 50) { edges { node { id viewerCanConfirm } } } }', {}, token);
      return data?.dockerRequests.edges.map(({ node }) => node.viewerCanConfirm);
    };
    expect(await list(member)).toEqual([false, false, false]);
    expect(await list(other)).toEqual([]);
    expect(await list(app.token)).toEqual([true, true, true]);
    for (let count = 3; count < 20; count += 1) await request('name: STOP, container: "web"');
    const { error } = await mutate('requestDockerCommand', 'name: STOP, container: "web"');
    expect(error).toMatchObject({
      extensions: { code: 'CONFLICT' },
      message: expect.stringContaining('20 of your'),
    });
  });

  it('count each use in a request at the rate of requests', async () => {
    const limited = await startTestApp({
      env: { DOCKER_HOST: docker.host, REQUEST_LIMIT: 'MEMBER=3/1m,ADMIN=off' },
    });
    try {
      const { token } = await limited.signUp('eager');
      const use = (aliases: readonly string[]) => {
        const list = aliases.map((alias) => `${alias}: runDockerCommand(input: { name: PS }) { command }`);
        return limited.graphql(`mutation { ${list.join(' ')} }`, {}, token);
      };
      expect((await use(['a', 'b', 'c'])).errors).toBeUndefined();
      const { errors } = await use(['d']);
      expect(errors?.[0]).toMatchObject({
        message: expect.stringContaining('Too many Docker commands'),
        extensions: { code: 'RATE_LIMITED' },
      });
    } finally {
      await limited.stop();
    }
  });

  it('work over REST', async () => {
    const ran = await app.post('/api/llm/docker/commands', { name: 'LOGS', container: 'web', lines: 1 });
    expect(await ran.json()).toEqual({
      command: 'docker logs --tail 1 web',
      output: 'GET /admin 404',
      isCut: false,
    });
    const bad = await app.post('/api/llm/docker/commands', { name: 'EXEC', container: 'web' });
    expect(bad.status).toBe(400);
    const made = await (
      await app.post('/api/llm/docker/requests', { name: 'STOP', container: 'web' })
    ).json();
    expect(made).toMatchObject({ command: 'docker stop web', status: 'PENDING', risk: 'MEDIUM' });
    const path = `/api/llm/docker/requests/${encodeURIComponent(made.id)}`;
    expect((await app.post(`${path}/confirm`, { effect: 'Another.' })).status).toBe(409);
    const done = await (await app.post(`${path}/confirm`, { effect: made.effect })).json();
    expect(done).toMatchObject({ status: 'COMPLETED' });
    expect((await app.post(`${path}/decline`, {})).status).toBe(409);
    const list = await (await app.get('/api/llm/docker/requests')).json();
    expect(list).toMatchObject({ requests: [{ id: made.id, status: 'COMPLETED' }], next: null });
  });

  it('are only a few at once for each user', async () => {
    docker.fault = 'hang';
    const started = Array.from({ length: 5 }, () => run('name: PS'));
    expect(await Promise.race(started)).toMatchObject({ extensions: { code: 'RATE_LIMITED' } });
    docker.fault = null;
    await docker.close();
    await Promise.all(started);
    docker = await startDockerStandin();
  });
});

describe('Docker commands on a server without DOCKER_HOST', () => {
  it('are planned only', async () => {
    const app = await startTestApp();
    try {
      const { data, errors } = await app.graphql<{ readonly dockerEnabled: boolean }>('{ dockerEnabled }');
      expect([data?.dockerEnabled, errors]).toEqual([false, undefined]);
      const ran = await app.post('/api/llm/docker/commands', { name: 'PS' });
      expect(ran.status).toBe(403);
      expect(await ran.json()).toMatchObject({ detail: expect.stringContaining('DOCKER_HOST') });
      const plan = {
        summary: 'Lists them.',
        commands: [{ command: 'ps', container: '', lines: 100, explanation: 'To see them.' }],
      };
      app.standin.play({ tokens: [JSON.stringify(plan)] });
      const answered = await app.post('/api/llm/presets/docker', { variables: { request: 'What runs?' } });
      expect(await answered.json()).toMatchObject({
        result: { commands: [{ command: 'docker ps', risk: 'NONE', readOnly: true }], rejected: [] },
      });
    } finally {
      await app.stop();
    }
  });
});

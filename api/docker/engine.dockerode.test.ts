import { createDockerEngine } from './engine.dockerode.ts';
import { maxOutputBytes } from './output.dockerode.ts';
import { type DockerStandin, startDockerStandin } from './standin/standin.ts';

describe('the Docker Engine over its API', () => {
  let docker: DockerStandin;
  beforeEach(async () => {
    docker = await startDockerStandin();
  });
  afterEach(() => docker.close());
  const engine = (callMs?: number) => createDockerEngine({ socketPath: docker.socketPath }, callMs);

  it('finds containers by name and id, and lists them', async () => {
    const web = await engine().find('web');
    expect(web).toEqual({ id: 'a'.repeat(64), name: 'web', image: 'nginx:1.29', state: 'running' });
    expect(await engine().find('aaaa')).toEqual(web);
    docker.fault = 'ambiguous';
    await expect(engine().find('aa')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    docker.fault = null;
    await expect(engine().find('nope')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await engine().list()).map(({ name, status }) => [name, status])).toEqual([
      ['web', 'Up 2 hours'],
      ['db', 'Up 2 hours'],
      ['old-job', 'Exited (0) 3 days ago'],
    ]);
    expect((await engine().images(null)).text).toBe(
      'nginx:1.29  111111111111  190.0 MB\nsecret-product:1  444444444444  5.0 MB',
    );
    expect((await engine().images(new Set([`sha256:${'1'.repeat(64)}`]))).text).toBe(
      'nginx:1.29  111111111111  190.0 MB',
    );
  });

  it('reads the last lines of a log, with and without frames, without control characters', async () => {
    const { id } = await engine().find('web');
    expect(await engine().logs(id, 1)).toEqual({ text: 'GET /admin 404', isCut: false });
    const [web] = docker.containers;
    if (!web) throw new Error('no container');
    web.tty = true;
    web.log = 'one\r\n\u001b[31mtwo\u001b[0m\u0007\n';
    expect((await engine().logs(id, 9)).text).toBe('one\ntwo');
  });

  it('keeps the end of a long log, and stops reading one that never ends', async () => {
    const { id } = await engine().find('web');
    const [web] = docker.containers;
    if (!web) throw new Error('no container');
    web.log = `${'é'.repeat(20_000)}end`;
    const long = await engine().logs(id, 9);
    expect(long.isCut).toBe(true);
    expect(long.text.endsWith('end')).toBe(true);
    expect(Buffer.byteLength(long.text)).toBeLessThanOrEqual(maxOutputBytes);
    // More than is read of other responses, in many parts and with both kinds of log.
    web.log = `${'a'.repeat(3_000_000)}end`;
    expect((await engine().logs(id, 9)).text.endsWith('aaaend')).toBe(true);
    web.tty = true;
    expect((await engine().logs(id, 9)).text.endsWith('aaaend')).toBe(true);
    docker.fault = 'flood';
    await expect(engine().logs(id, 9)).rejects.toMatchObject({
      message: expect.stringContaining('Ask for fewer lines'),
    });
  });

  it('removes escape sequences that end nowhere, in linear time', async () => {
    const { id } = await engine().find('web');
    const [web] = docker.containers;
    if (!web) throw new Error('no container');
    for (const sequence of ['\x1b]', '\x1b[', '\x1b[0', '\x9b', '\x1b[ ', '\ufffd']) {
      web.log = `${sequence.repeat(1_000_000)}\nend\n`;
      const { text, isCut } = await engine().logs(id, 9);
      expect([text.endsWith('\nend'), isCut]).toEqual([true, true]);
    }
    web.log = 'a\x1b]0;title\x07b\x1b]8;;link\x1b\\c\x1b]open\nd\x1b[1;31me\n';
    expect(await engine().logs(id, 9)).toEqual({ text: 'abc\nde', isCut: false });
  });

  it('shows load and configuration, without anything that may hold a secret', async () => {
    const { id } = await engine().find('db');
    expect((await engine().stats(id)).text).toBe(
      'CPU: 20.0 %\nMemory: 50.0 MB of 1000.0 MB\nProcesses: 4\nNetwork: 3.0 MB received, 1.0 MB sent',
    );
    const { text } = await engine().inspect(id);
    expect(JSON.parse(text)).toMatchObject({ name: 'db', health: 'healthy', networks: ['bridge'] });
    expect(text).not.toContain('hunter2');
  });

  it('changes containers, and accepts a state that is already the wanted one', async () => {
    const { id } = await engine().find('web');
    const state = async () => (await engine().find('web')).state;
    await engine().change('PAUSE', id);
    expect(await state()).toBe('paused');
    await expect(engine().change('PAUSE', id)).rejects.toMatchObject({ code: 'CONFLICT' });
    await engine().change('UNPAUSE', id);
    await engine().change('START', id);
    await expect(engine().change('REMOVE', id)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('container is running: stop it'),
    });
    await engine().change('STOP', id);
    expect(await state()).toBe('exited');
    await engine().change('RESTART', id);
    await engine().change('STOP', id);
    await engine().change('REMOVE', id);
    await expect(engine().find('web')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(docker.requests).toContain(`POST /containers/${id}/stop?t=10`);
    expect(docker.requests).toContain(`DELETE /containers/${id}?force=false&v=false`);
  });

  it('ends a call in time, and reports an engine that is down or fails', async () => {
    docker.fault = 'hang';
    await expect(engine(100).find('web')).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      message: 'The Docker Engine did not answer within 0.1 seconds. Try again.',
    });
    docker.fault = 'hangInBody';
    for (const call of [
      engine(100).list(),
      engine(100).change('STOP', 'a'.repeat(64)),
      engine(100).change('REMOVE', 'a'.repeat(64)),
    ]) {
      await expect(call).rejects.toMatchObject({ message: expect.stringContaining('within 0.1 seconds') });
    }
    docker.fault = 'fail';
    await expect(engine().list()).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      message: expect.stringContaining('status 500'),
      operatorMessage: expect.stringContaining('the daemon is on fire'),
    });
    docker.fault = 'garbage';
    await expect(engine().list()).rejects.toMatchObject({ message: expect.stringContaining('invalid JSON') });
    await expect(createDockerEngine({ socketPath: '/nowhere/docker.sock' }).list()).rejects.toMatchObject({
      message: expect.stringContaining('unreachable'),
    });
  });
});

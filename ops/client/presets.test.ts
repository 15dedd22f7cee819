import { type DockerStandin, startDockerStandin } from '../../api/docker/standin/standin.ts';
import { type OllamaStandin, startOllamaStandin } from '../../api/engine/standin/standin.ollama.ts';
import { type Client, createClient } from '../../client/public.ts';
import { makeFolder, removeFolder } from '../e2e/harness/folder.ts';
import { type ServerProcess, startServer } from '../e2e/harness/process.ts';
import { credentials } from './client.testing.ts';

describe("presets in a program with the client's package", () => {
  let folder: string;
  let engine: OllamaStandin;
  let docker: DockerStandin;
  let server: ServerProcess;
  let client: Client;
  beforeAll(async () => {
    folder = await makeFolder();
    engine = await startOllamaStandin();
    docker = await startDockerStandin();
    const env = { OLLAMA_URL: engine.url, DOCKER_HOST: docker.host };
    server = await startServer({ dataDir: folder, env });
    client = createClient({ url: server.url });
    await client.signIn(credentials);
  }, 60_000);
  afterAll(async () => {
    client?.close();
    await server?.stop();
    await engine?.close();
    await docker?.close();
    await removeFolder(folder);
  }, 60_000);

  it('lists them with their variables', async () => {
    const { items, endCursor } = await client.presets({ search: 'review' });
    expect(endCursor).toBeNull();
    expect(items).toMatchObject([
      {
        source: 'BUILT_IN',
        current: {
          definition: {
            name: 'code-review',
            variables: expect.arrayContaining([expect.objectContaining({ name: 'diff', type: 'FILE' })]),
          },
        },
      },
    ]);
  });

  it('runs one, with a typed result', async () => {
    const finding = {
      line: 1,
      severity: 'HIGH',
      category: 'BUG',
      title: 'Wrong sum',
      explanation: 'It subtracts.',
      suggestion: 'return a + b;',
    };
    engine.play({ tokens: [JSON.stringify({ summary: 'One bug.', findings: [finding] })] });
    const { codeReview, status, meetingSummary } = await client.runPreset({
      name: 'code-review',
      variables: { diff: 'return a - b;\n', path: 'sum.js' },
    });
    expect(status).toBe('COMPLETED');
    expect(meetingSummary).toBeNull();
    expect(codeReview?.verdict).toBe('REQUEST_CHANGES');
    expect(codeReview?.findings[0]).toMatchObject({
      file: 'sum.js',
      line: 1,
      patch: expect.stringContaining('-return a - b;\n+return a + b;'),
    });
  });

  it('plans, runs, requests and confirms Docker commands', async () => {
    const commands = [
      { command: 'logs', container: 'web', lines: 20, explanation: 'To look.' },
      { command: 'restart', container: 'web', lines: 20, explanation: 'To repair.' },
    ];
    engine.play({ tokens: [JSON.stringify({ summary: 'Looks, then restarts.', commands })] });
    const { dockerPlan } = await client.runPreset({ name: 'docker', variables: { request: 'Restart web?' } });
    const [look, repair] = dockerPlan?.commands ?? [];
    expect(look).toMatchObject({ command: 'docker logs --tail 20 web', readOnly: true, risk: 'NONE' });
    expect(await client.docker.run({ name: 'LOGS', container: 'web', lines: 1 })).toMatchObject({
      output: 'GET /admin 404',
      isCut: false,
    });
    await expect(client.docker.run({ name: 'STOP', container: 'web' })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
    });
    const request = await client.docker.request({ name: repair?.name ?? 'STOP', container: 'web' });
    expect(request).toMatchObject({ status: 'PENDING', command: 'docker restart web' });
    await expect(client.docker.confirm({ id: request.id, effect: 'Another.' })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    expect(await client.docker.confirm(request)).toMatchObject({ status: 'COMPLETED' });
    const declined = await client.docker.request({ name: 'STOP', container: 'db' });
    expect(await client.docker.decline(declined.id)).toMatchObject({ status: 'DECLINED' });
    const { items } = await client.docker.requests({ first: 5 });
    expect(items.map(({ status }) => status)).toEqual(['DECLINED', 'COMPLETED']);
  });

  it('registers an agent, reports its failure and the result of an action, and decides', async () => {
    const play = (action: string) =>
      engine.play({
        tokens: [
          JSON.stringify({ diagnosis: 'It is full.', action, explanation: 'It helps.', confidence: 90 }),
        ],
      });
    play('restart-worker');
    const { healingDiagnosis } = await client.runPreset({
      name: 'agent-healing',
      variables: { log: 'FATAL: heap out of memory', actions: 'restart-worker: Restarts it.' },
    });
    expect(healingDiagnosis).toMatchObject({ action: 'restart-worker', confidence: 0.9 });
    const { id, secret } = await client.healing.register({
      agentId: 'worker-3',
      actions: [{ name: 'restart-worker', description: 'Restarts it.' }],
    });
    expect(secret).toMatch(/^[\w-]{43}$/);
    const failure = { agentId: id, log: 'FATAL: heap out of memory', eventId: 'crash-0001' };
    const healing = await client.healing.reportFailure(failure);
    expect(healing).toMatchObject({ status: 'ACTING', agent: { id: 'worker-3' } });
    const failed = { healingId: healing.id, round: 1, succeeded: false, eventId: 'result-0001' };
    expect(await client.healing.reportResult(failed)).toMatchObject({ status: 'NEEDS_PERSON' });
    const { items } = await client.healing.list({ status: 'NEEDS_PERSON' });
    expect(items.map((each) => each.id)).toEqual([healing.id]);
    expect(await client.healing.approve(healing.id, 'restart-worker', 'Once more.')).toMatchObject({
      status: 'ACTING',
      rounds: [{}, {}, { confidence: null, explanation: 'Once more.' }],
    });
    expect(await client.healing.reportFailure(failure)).toMatchObject({ status: 'ACTING' });
    expect(await client.healing.close(healing.id, 'Replaced.')).toMatchObject({ status: 'CLOSED' });
    await client.healing.delete(id);
    await expect(client.healing.reportFailure(failure)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('throws OUTPUT_INVALID with the text, and what is wrong with an input', async () => {
    engine.play({ tokens: ['no JSON'] });
    await expect(
      client.runPreset({ name: 'error-explanation', variables: { log: 'an error' } }),
    ).rejects.toMatchObject({ code: 'OUTPUT_INVALID', details: { text: 'no JSON' } });
    await expect(client.runPreset({ name: 'error-explanation' })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: 'variables.log is missing. Fill in "Stack trace or log".',
    });
    await expect(client.runPreset({ name: 'no-such' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

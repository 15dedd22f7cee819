import type { IncomingMessage } from 'node:http';
import { stripVTControlCharacters } from 'node:util';
import type Dockerode from 'dockerode';
import type { DockerAddress } from '../config/values/dockerAddress.ts';
import { Failure, notFound } from '../errors/failures.ts';
import type { ChangingCommand, DockerContainer } from './command.ts';
import type { DockerEngine, DockerOutput } from './engine.ts';

/** Maximum UTF-8 bytes of a result. */
export const maxOutputBytes = 16_384;

/** Maximum bytes that are read of a response: a list of containers has about 2 KB for each. */
const maxReadBytes = 2_000_000;

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

  /** Runs a call with its time limit. Throws failures only. */
  const within = async <Result>(call: (signal: AbortSignal) => Promise<Result>): Promise<Result> => {
    const signal = AbortSignal.timeout(callMs);
    try {
      return await call(signal);
    } catch (error) {
      throw error instanceof Failure ? error : failureOf(error, signal.aborted, callMs);
    }
  };

  /** Reads a response as it arrives, at most `maxReadBytes`: dockerode itself would buffer all of it. */
  const read = (path: string, query: Readonly<Record<string, string>> = {}) =>
    within(async (abortSignal) => {
      const docker = await load();
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        const statusCodes = { 200: true, 404: 'no such container', 409: 'conflict', 500: 'server error' };
        const options = { path: `${path}?`, method: 'GET', isStream: true, statusCodes, abortSignal };
        docker.modem.dial({ ...options, options: { ...query } }, (error, answer) =>
          error || answer === null ? reject(error) : resolve(answer as IncomingMessage),
        );
      });
      const chunks: Buffer[] = [];
      let length = 0;
      for await (const chunk of response as AsyncIterable<Buffer>) {
        chunks.push(chunk);
        length += chunk.length;
        // Leaving the loop destroys the response.
        if (length > maxReadBytes) break;
      }
      return { bytes: Buffer.concat(chunks).subarray(0, maxReadBytes), isCut: length > maxReadBytes };
    });

  const readJson = async <Value>(path: string, query?: Readonly<Record<string, string>>): Promise<Value> => {
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
      return all.slice(0, maxRows).map(({ Id, Names, Image, State, Status }) => ({
        id: String(Id),
        name: String(Names?.[0] ?? '').replace(/^\//, ''),
        image: oneLine(Image),
        state: oneLine(State),
        status: oneLine(Status),
      }));
    },
    async images() {
      const all = await readJson<readonly ListedImage[]>('/images/json');
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
      const { bytes, isCut } = await read(`/containers/${id}/logs`, query);
      const text = Config?.Tty === true ? bytes.toString('utf8') : demultiplexed(bytes);
      return outputOf(text, isCut, 'end');
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
      await within(async (abortSignal) => {
        const docker = await load();
        await changes[command](docker.getContainer(id), abortSignal).catch((error: unknown) => {
          // It already has the wanted state.
          if (statusOf(error) !== 304) throw error;
        });
      });
    },
  };
};

const changes: Readonly<
  Record<ChangingCommand, (container: Dockerode.Container, abortSignal: AbortSignal) => Promise<unknown>>
> = {
  START: (container, abortSignal) => container.start({ abortSignal }),
  STOP: (container, abortSignal) => container.stop({ t: stopGraceS, abortSignal }),
  RESTART: (container, abortSignal) => container.restart({ t: stopGraceS, abortSignal }),
  PAUSE: (container, abortSignal) => container.pause({ abortSignal }),
  UNPAUSE: (container, abortSignal) => container.unpause({ abortSignal }),
  // Neither `force` nor `v`: a running container and its volumes are kept.
  REMOVE: (container, abortSignal) => container.remove({ force: false, v: false, abortSignal }),
};

interface Listed {
  readonly Id?: unknown;
  readonly Names?: readonly unknown[];
  readonly Image?: unknown;
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

/** Labels, environment, command and health checks are left out: they often hold secrets. */
const shownOf = (inspected: Inspected) => {
  const { State = {}, HostConfig = {}, NetworkSettings, Mounts = [], Config } = inspected;
  const pick = (from: Readonly<Record<string, unknown>>, names: readonly string[]) =>
    Object.fromEntries(names.flatMap((name) => (name in from ? [[name, from[name]]] : [])));
  const state = ['Status', 'ExitCode', 'OOMKilled', 'Error', 'StartedAt', 'FinishedAt'];
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

/**
 * Joins the frames of both outputs: each has a header of 8 bytes, whose last four are the length. A last frame may be cut.
 * See https://docs.docker.com/reference/api/engine/ (attach to a container).
 */
const demultiplexed = (bytes: Buffer): string => {
  const parts: Buffer[] = [];
  for (let offset = 0; offset + 8 <= bytes.length; ) {
    const end = offset + 8 + bytes.readUInt32BE(offset + 4);
    parts.push(bytes.subarray(offset + 8, end));
    offset = end;
  }
  return Buffer.concat(parts).toString('utf8');
};

/** Keeps the start or the end of a text, within `maxOutputBytes`, without control characters. */
const outputOf = (raw: string, wasCut: boolean, keep: 'start' | 'end'): DockerOutput => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  const text = stripVTControlCharacters(raw).replace(/[\x00-\x08\x0b-\x1f\x7f]/g, '');
  const bytes = Buffer.from(text.trimEnd(), 'utf8');
  if (bytes.length <= maxOutputBytes) return { text: bytes.toString('utf8'), isCut: wasCut };
  const kept = keep === 'start' ? bytes.subarray(0, maxOutputBytes) : bytes.subarray(-maxOutputBytes);
  // A character that was cut in the middle becomes a replacement character, of at most three bytes more.
  return { text: kept.toString('utf8').replace(/^\uFFFD+|\uFFFD+$/g, ''), isCut: true };
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
  if (status === 404) return notFound('container');
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

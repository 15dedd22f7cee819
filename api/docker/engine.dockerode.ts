import type { IncomingMessage } from 'node:http';
import type Dockerode from 'dockerode';
import type { DockerAddress } from '../config/values/dockerAddress.ts';
import { Failure, notFound } from '../errors/failures.ts';
import type { ChangingCommand } from './command.ts';
import type { DockerEngine } from './engine.ts';
import {
  demultiplexed,
  endOf,
  maxOutputBytes,
  megabytes,
  oneLine,
  outputOf,
  shortId,
} from './output.dockerode.ts';
import {
  containerOf,
  type Inspected,
  type Listed,
  type ListedImage,
  ownNameOf,
  type Stats,
  shownOf,
  statsText,
} from './responses.dockerode.ts';

/** Maximum bytes that are read of a response: a list of containers has about 2 KB for each. */
const maxReadBytes = 2_000_000;

/** Maximum bytes of a log that are read to find its end. Only the end is kept in memory. */
const maxLogBytes = 32_000_000;

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

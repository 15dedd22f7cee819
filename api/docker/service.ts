import { demand, may } from '../access/permissions.ts';
import type { Viewer } from '../access/viewer.ts';
import { badInput, Failure, forbidden, notFound } from '../errors/failures.ts';
import type { Page, PageRequest, TimeKey } from '../paging/pages.ts';
import type { Ids } from '../process/ids.ts';
import {
  type ChangingCommand,
  checkCommand,
  type DockerCommand,
  type DockerContainer,
  type GivenCommand,
  isReadOnly,
  textOf,
} from './command.ts';
import type { DockerEngine, DockerOutput } from './engine.ts';
import {
  type DockerRequest,
  effectOf,
  maxReasonLength,
  requestAt,
  requestLimits,
  requestTtlMs,
} from './request.ts';
import type { DockerRequestStore } from './store/store.ts';

/** Maximum commands of one user that run at once, on each replica. */
const maxAtOnce = 4;

export interface DockerResult extends DockerOutput {
  readonly command: DockerCommand;
}

/** Docker commands of an allow-list. Plans of a model go through the same checks as any other caller's commands. */
export interface Docker {
  /** Whether `DOCKER_HOST` is set. */
  readonly isOn: boolean;
  /**
   * Runs a command that only reads. Throws `BAD_USER_INPUT` for another one, `NOT_FOUND` for an unknown container,
   * `FORBIDDEN` if Docker is off, `RATE_LIMITED`, `SERVICE_UNAVAILABLE`.
   */
  run(viewer: Viewer, command: GivenCommand): Promise<DockerResult>;
  /** Requests a command that changes a container. Throws as `run`, and `CONFLICT` for too many waiting requests. */
  request(viewer: Viewer, command: GivenCommand, reason: string): Promise<DockerRequest>;
  /**
   * Runs a requested command. `effect` is the effect that the administrator saw. Throws `CONFLICT` if the container has
   * changed since, with the new effect, and if the request no longer waits. A command that fails is returned as `FAILED`.
   */
  confirm(viewer: Viewer, id: string, effect: string): Promise<DockerRequest>;
  /** Throws `CONFLICT` if the request no longer waits. */
  decline(viewer: Viewer, id: string): Promise<DockerRequest>;
  /** Returns a page of the viewer's requests; for administrators, of all. Newest first. */
  page(viewer: Viewer, page: PageRequest<TimeKey>): Promise<Page<DockerRequest>>;
  /** Returns requests in the order of `ids`; null for one that doesn't exist or that the viewer may not see. */
  findMany(viewer: Viewer, ids: readonly string[]): Promise<readonly (DockerRequest | null)[]>;
}

export interface DockerDeps {
  /** Null: off. */
  readonly engine: DockerEngine | null;
  /** Patterns of container names; null: all. */
  readonly allowed: readonly string[] | null;
  readonly store: DockerRequestStore;
  readonly ids: Ids;
  readonly clock: () => Date;
}

export const createDocker = ({ engine, allowed, store, ids, clock }: DockerDeps): Docker => {
  const running = new Map<string, number>();
  const patterns = allowed?.map(matcherOf) ?? null;
  const isAllowed = ({ name }: Pick<DockerContainer, 'name'>) =>
    patterns === null || patterns.some((pattern) => pattern.test(name));

  const engineOf = (): DockerEngine => {
    if (engine) return engine;
    throw forbidden(
      'Docker commands are off on this server. An administrator can turn them on with DOCKER_HOST.',
    );
  };

  const oneOfFew = async <Result>({ user }: Viewer, act: () => Promise<Result>): Promise<Result> => {
    const count = running.get(user.id) ?? 0;
    if (count >= maxAtOnce) {
      throw new Failure(
        'RATE_LIMITED',
        `${maxAtOnce} of your Docker commands are running, the maximum. Wait until one ends.`,
        { retryAfter: 5 },
      );
    }
    running.set(user.id, count + 1);
    try {
      return await act();
    } finally {
      const left = (running.get(user.id) ?? 1) - 1;
      if (left > 0) running.set(user.id, left);
      else running.delete(user.id);
    }
  };

  /**
   * Finds a container by its whole name or at least 12 characters of its id: the Engine would take any beginning of an id for
   * it. Its name is checked also if an id is given, so that an id reaches no container that isn't allowed.
   */
  const findContainer = async (docker: DockerEngine, nameOrId: string): Promise<DockerContainer> => {
    const container = await docker.find(nameOrId);
    const isMeant =
      container.name === nameOrId || (nameOrId.length >= minIdLength && container.id.startsWith(nameOrId));
    if (!isMeant || !isAllowed(container)) throw notFound('container');
    return container;
  };

  const read = async (
    docker: DockerEngine,
    { name, container, lines }: DockerCommand,
  ): Promise<DockerOutput> => {
    if (name === 'PS') {
      const all = (await docker.list()).filter(isAllowed);
      const rows = all.map((each) => `${each.name}  ${each.id.slice(0, 12)}  ${each.image}  ${each.status}`);
      const text = rows.length === 0 ? 'There are no containers.' : rows.join('\n');
      return { text: text.slice(0, maxListLength), isCut: text.length > maxListLength };
    }
    if (name === 'IMAGES') {
      if (patterns === null) return docker.images(null);
      const containers = (await docker.list()).filter(isAllowed);
      return docker.images(new Set(containers.map(({ imageId }) => imageId)));
    }
    const { id } = await findContainer(docker, container ?? '');
    if (name === 'LOGS') return docker.logs(id, lines ?? 0);
    return name === 'STATS' ? docker.stats(id) : docker.inspect(id);
  };

  const findDecidable = async (viewer: Viewer, id: string): Promise<DockerRequest> => {
    demand(viewer, 'confirmDockerCommands');
    const found = await store.findAnyOwner(id);
    if (!found) throw notFound('request');
    const request = requestAt(found, clock());
    if (request.status !== 'PENDING') throw decided(request);
    return request;
  };

  return {
    isOn: engine !== null,

    async run(viewer, given) {
      demand(viewer, 'useDocker');
      const command = checkCommand(given);
      if (!isReadOnly(command)) {
        throw badInput(
          'name',
          `${textOf(command)} changes a container. Request it with requestDockerCommand; an administrator confirms it.`,
        );
      }
      const docker = engineOf();
      return oneOfFew(viewer, async () => ({ command, ...(await read(docker, command)) }));
    },

    async request(viewer, given, reason) {
      demand(viewer, 'useDocker');
      const command = checkCommand(given);
      if (isReadOnly(command)) {
        throw badInput('name', `${textOf(command)} only reads. Run it with runDockerCommand.`);
      }
      if (reason.length > maxReasonLength) {
        throw badInput(
          'reason',
          `reason has ${reason.length} characters; it may have at most ${maxReasonLength}.`,
        );
      }
      const docker = engineOf();
      const name = command.name as ChangingCommand;
      const container = await oneOfFew(viewer, () => findContainer(docker, command.container ?? ''));
      const createdAt = clock();
      const request: DockerRequest = {
        id: ids.next(),
        ownerId: viewer.user.id,
        command: { name, container: container.name, lines: null },
        containerId: container.id,
        effect: effectOf(name, container),
        reason: reason.trim(),
        status: 'PENDING',
        decidedBy: null,
        decidedAt: null,
        problem: '',
        createdAt,
      };
      const since = new Date(createdAt.getTime() - requestTtlMs);
      if (await store.insert(request, { ...requestLimits, since })) return request;
      throw new Failure(
        'CONFLICT',
        `${requestLimits.pending} of your requests wait for an administrator, the maximum. Ask one to decide on them.`,
      );
    },

    async confirm(viewer, id, effect) {
      const pending = await findDecidable(viewer, id);
      const docker = engineOf();
      const { name } = pending.command;
      const container = await findContainer(docker, pending.containerId);
      const current = effectOf(name, container);
      if (current !== pending.effect) await store.replace({ ...pending, effect: current }, 'PENDING');
      if (current !== effect) {
        throw new Failure(
          'CONFLICT',
          `The effect is not the one that you confirmed. It is now: ${current} Read it, and confirm again.`,
          { effect: current },
        );
      }
      const started: DockerRequest = {
        ...pending,
        effect: current,
        status: 'RUNNING',
        decidedBy: viewer.user.id,
        decidedAt: clock(),
      };
      // Of two administrators who confirm at once, one runs the command.
      if (!(await store.replace(started, 'PENDING'))) throw decided(null);
      const problem = await docker.change(name, pending.containerId).then(
        () => '',
        (error: unknown) => {
          if (error instanceof Failure) return error.message.slice(0, maxReasonLength);
          throw error;
        },
      );
      const ended: DockerRequest = { ...started, status: problem === '' ? 'COMPLETED' : 'FAILED', problem };
      await store.replace(ended, 'RUNNING');
      return ended;
    },

    async decline(viewer, id) {
      const pending = await findDecidable(viewer, id);
      const declined: DockerRequest = {
        ...pending,
        status: 'DECLINED',
        decidedBy: viewer.user.id,
        decidedAt: clock(),
      };
      if (!(await store.replace(declined, 'PENDING'))) throw decided(null);
      return declined;
    },

    async page(viewer, page) {
      demand(viewer, 'read');
      const found = may(viewer, 'confirmDockerCommands')
        ? await store.pageAnyOwner(page)
        : await store.page(viewer.user.id, page);
      const now = clock();
      return { ...found, items: found.items.map((request) => requestAt(request, now)) };
    },

    async findMany(viewer, requestIds) {
      if (!may(viewer, 'read')) return requestIds.map(() => null);
      const seesAll = may(viewer, 'confirmDockerCommands');
      const now = clock();
      return Promise.all(
        requestIds.map(async (id) => {
          const found = await (seesAll ? store.findAnyOwner(id) : store.find(viewer.user.id, id));
          return found && requestAt(found, now);
        }),
      );
    },
  };
};

/** Minimum characters of an id that is given instead of a name: those that `docker ps` shows. */
const minIdLength = 12;

/** Maximum UTF-16 units of the list of containers. */
const maxListLength = 16_000;

const matcherOf = (pattern: string): RegExp =>
  new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);

const decided = (request: DockerRequest | null): Failure => {
  const state = request === null ? 'decided at the same time' : request.status.toLowerCase();
  return new Failure('CONFLICT', `The request no longer waits: it is ${state}. Request the command again.`);
};

import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Viewer } from '../../api/access/viewer.ts';
import { Failure } from '../../api/errors/failures.ts';
import { createMemoryCache } from '../../api/generations/cache/cache.memory.ts';
import { createMemoryJournal } from '../../api/generations/journal/journal.memory.ts';
import type { StartedAnswer } from '../../api/generations/request/startedAnswer.ts';
import { createIds } from '../../api/process/ids.ts';
import { createMemoryBus } from '../../api/realtime/bus.memory.ts';
import type { ToolDecision } from '../../api/tools/toolCall.ts';
import { createMemoryReservationStore } from '../../api/usage/reservations/store.memory.ts';
import type { KnownGeneration } from './commands.ts';
import { createEngine } from './engine.ts';
import { createLink, createNetwork, type Fault, type Server } from './network.ts';
import { createOracle } from './oracle.ts';
import { createLeasedQueue } from './queue.ts';
import { createRandom } from './random.ts';
import { Reader } from './reader.ts';
import { type Replica, startReplica } from './replica.ts';
import { inContext, type Process, Scheduler } from './scheduler.ts';
import type { SimulatedStore } from './store.ts';
import { callsIn, createSimulatedTools } from './tools.ts';
import { userOf } from './users.ts';
import { Violation } from './violation.ts';
import { useScheduler } from './virtualTime.ts';

interface Operation {
  readonly label: string;
  readonly process: Process;
}

export interface WorldOptions {
  readonly trace?: ((line: string) => void) | undefined;
}

/** The maximum time until everything has ended after the last fault, in virtual ms. */
const maxSettleMs = 240_000;
const maxReplicas = 3;
/** The maximum time for which a replica that stops waits for its requests, and the interval of its checks, in ms. */
const maxDrainMs = 10_000;
const drainCheckMs = 100;

// All schedules share cache, journal and `reservationStore`, because creating them is slow. `close` empties the journal. The cache's
// keys contain the model's digest, which differs between schedules. Without quotas nothing is reserved.
const cache = createMemoryCache({ ttlMs: 600_000 });
const journal = createMemoryJournal();
const reservationStore = createMemoryReservationStore();
let played = 0;

/** Creates the world of one schedule: servers, replicas, clients, and the oracle. */
export const createWorld = (store: SimulatedStore, seed: number, { trace }: WorldOptions = {}) => {
  const random = createRandom(seed);
  const scheduler = new Scheduler(random);
  scheduler.trace = trace ?? null;
  useScheduler(scheduler, random.next);
  store.clear();
  const network = createNetwork(scheduler, random);
  played += 1;
  const fail = (message: string) => {
    oracle.violation ??= new Violation(message);
  };
  const engine = createEngine(random, `digest ${played}`, { fail });
  const tools = createSimulatedTools(random, fail);
  void journal.close();
  const bus = createMemoryBus();
  const oracle = createOracle({ store, journal, engine, tools });
  const queue = createLeasedQueue(scheduler, network);
  let lostCounts = 0;
  /** Whether a kill, or a stop that cut a request, may have left an entry in the journal, which expires. */
  let mayLeaveEntries = false;
  let lastId = 0;

  const note = (level: string) => (facts: unknown, message?: string) => {
    const error = (facts as { readonly err?: unknown } | null)?.err;
    trace?.(`              ${level}: ${message ?? ''} ${error ?? ''}`);
  };
  const log = {
    debug: note('debug'),
    info: note('info'),
    warn: note('warn'),
    error: note('error'),
  } as unknown as Logger;

  const shared = {
    scheduler,
    network,
    store,
    journal,
    bus,
    cache,
    reservationStore,
    queue,
    engine,
    tools: tools.all,
    viewerOf: userOf,
    ids: {
      ...createIds(),
      next: () => {
        lastId += 1;
        return `id${String(lastId).padStart(4, '0')}`;
      },
    },
    log,
    observe: oracle.observe,
    countLost: () => {
      lostCounts += 1;
    },
  };

  const replicas: Replica[] = [];
  const readers: Reader[] = [];
  const known: KnownGeneration[] = [];
  const operations = new Set<Operation>();
  /** Completions whose callers have the whole answer. */
  const received = new Set<string>();
  let started = 0;

  const running = () =>
    replicas.filter(({ process }) => process.state === 'running' && !stopping.has(process));
  const stopping = new Set<Process>();
  const alive = () => replicas.filter(({ process }) => process.state !== 'killed');

  const start = (): Replica => {
    started += 1;
    const process: Process = { name: `replica ${started}`, state: 'running', isDisturbed: false, held: [] };
    const link = createLink(process);
    const replica = inContext({ process }, () => startReplica(shared, link));
    replicas.push(replica);
    return replica;
  };

  const forget = (replica: Replica) => {
    replica.process.isDisturbed = true;
    replica.process.state = 'killed';
    replica.process.held.length = 0;
    for (const close of replica.link.closed) void close();
    queue.disconnected(replica.link);
    replicas.splice(replicas.indexOf(replica), 1);
    for (const operation of operations)
      if (operation.process === replica.process) operations.delete(operation);
    for (const reader of readers) if (reader.replica === replica) reader.connectionLost();
  };

  const perform = <Result>(
    label: string,
    replica: Replica,
    act: () => Promise<Result>,
    done: (result: Result) => void = () => {},
  ): void => {
    const operation: Operation = { label, process: replica.process };
    operations.add(operation);
    const fail = (error: unknown) => {
      trace?.(`              client: ${label}: ${error}`);
      if (error instanceof Failure || !operations.has(operation)) return;
      oracle.violation ??= new Violation(`${label} failed unexpectedly: ${(error as Error)?.stack ?? error}`);
    };
    const begin = () =>
      act()
        .then((result) => {
          if (operations.has(operation)) done(result);
        }, fail)
        .finally(() => operations.delete(operation));
    scheduler.add(`client: ${label}`, () => void begin(), { context: { process: replica.process } });
  };

  /** Waits for requests as a server that stops does: up to `maxDrainMs`. */
  const untilAnswered = async (requests: readonly Operation[]): Promise<void> => {
    const giveUpAt = scheduler.now + maxDrainMs;
    while (requests.some((request) => operations.has(request)) && scheduler.now < giveUpAt) {
      await sleep(drainCheckMs);
    }
  };

  const watch = (one: Pick<KnownGeneration, 'id' | 'viewer'>): Reader => {
    const reader = new Reader(
      {
        scheduler,
        oracle,
        anyReplica: () => {
          const [first, ...rest] = running();
          return first ? random.pick([first, ...rest]) : null;
        },
        exists: (id) => store.rows().some((row) => row.id === id),
      },
      one.viewer,
      one.id,
    );
    readers.push(reader);
    reader.connect();
    return reader;
  };

  const onStarted =
    (viewer: Viewer, isWatched: boolean) =>
    ({ generation, assistantMessage }: StartedAnswer) => {
      const { id } = generation;
      if (known.every((one) => one.id !== id)) {
        const { conversationId, id: messageId } = assistantMessage;
        known.push({ id, viewer, conversationId, messageId });
      }
      if (isWatched) watch({ id, viewer });
    };

  const step = async (ms: number | null): Promise<void> => {
    if (ms === null) await scheduler.step(scheduler.now + 1000);
    else await scheduler.pass(ms);
    if (oracle.violation) throw oracle.violation;
  };

  /** Returns a description of something unfinished, or null. */
  const findUnfinished = (): string | null => {
    const row = store.rows().find(({ status }) => status === 'QUEUED' || status === 'RUNNING');
    if (row) return `generation ${row.id} is ${row.status}`;
    const [operation] = operations;
    if (operation) return `"${operation.label}" has no result`;
    const reader = readers.find(({ state }) => state === 'reading' || state === 'stalled');
    if (reader) return `a reader of ${reader.id} has no final status`;
    if (network.inFlight() > 0) return 'a call has not arrived';
    return queue.ids().length > 0 ? `the queue still has ${queue.ids().join()}` : null;
  };

  const passUntil = async (isDone: () => boolean, limitMs: number): Promise<boolean> => {
    const until = scheduler.now + limitMs;
    while (!isDone() && scheduler.now < until) {
      if (!(await scheduler.step(until))) return isDone();
      if (oracle.violation) throw oracle.violation;
    }
    return isDone();
  };

  /** Ends all faults, waits until everything has ended, and checks that nothing is left. */
  const settle = async (): Promise<void> => {
    engine.mode = 'steady';
    network.heal();
    for (const { process, link } of alive()) {
      link.faults.length = 0;
      reconnect(link);
      if (process.state === 'paused') scheduler.resume(process);
    }
    queue.reconnected();
    if (running().length === 0) start();
    for (const reader of readers) reader.resume();
    if (!(await passUntil(() => findUnfinished() === null, maxSettleMs))) {
      throw new Violation(`after ${maxSettleMs / 1000} s without faults ${findUnfinished()}`);
    }
    // Lets delayed work happen, such as a save.
    await step(2500);
    await checkNothingIsLeft();
    oracle.checkUsage(lostCounts);
    if (oracle.violation) throw oracle.violation;
    await stopAll();
  };

  const reconnect = (link: Replica['link']) => {
    const servers = [...link.down];
    link.down.clear();
    for (const server of servers) for (const onReconnect of link.reconnected) onReconnect(server);
  };

  const checkNothingIsLeft = async (): Promise<void> => {
    const unfinished = findUnfinished();
    if (unfinished) throw new Violation(`after everything had ended ${unfinished}`);
    for (const [id, { messageId }] of oracle.known()) {
      const entry = await journal.read(id);
      // A caller that disconnected has left its answer in the journal, where it expires.
      const isAbandoned = messageId === null && entry?.status === 'COMPLETED' && !received.has(id);
      if (entry && !isAbandoned && !mayLeaveEntries) {
        throw new Violation(`the journal still has ${id}, attempt ${entry.attempt}, ${entry.status}`);
      }
    }
    await checkOrder();
    for (const { process, extraJobs } of alive()) {
      const count = extraJobs();
      if (count !== 0) throw new Violation(`${process.name} still runs ${count} jobs beyond its slots`);
    }
    if (journal.listenerCount() > 0) {
      throw new Violation(`the journal still has ${journal.listenerCount()} listeners`);
    }
  };

  /** Checks that lists are ordered by time, and parents come before their children. Derived ids have no order. */
  const checkOrder = async (): Promise<void> => {
    for (const owner of ['ann', 'bob']) {
      const page = { direction: 'forward', size: 100, after: null, before: null } as const;
      const { items } = await store.generations.pageOfOwner(owner, page);
      const isOrdered = items.every((one, index) => {
        const before = items[index - 1];
        return !before || before.createdAt <= one.createdAt;
      });
      if (!isOrdered) {
        throw new Violation(`the generations of ${owner} are not in the order of their creation`);
      }
    }
    const owners = new Map(known.map(({ conversationId, viewer }) => [conversationId, viewer.user.id]));
    for (const [conversationId, ownerId] of owners) {
      const messages = await store.messages.ofConversation(ownerId, conversationId, null, 100);
      const seen = new Set<string>();
      for (const { id, parentId } of messages) {
        if (parentId !== null && !seen.has(parentId)) {
          throw new Violation(`message ${id} of a conversation comes before its parent`);
        }
        seen.add(id);
      }
    }
  };

  const stopAll = async (): Promise<void> => {
    let stopped = 0;
    const all = alive();
    for (const replica of all) {
      perform(
        `stop ${replica.process.name}`,
        replica,
        () => replica.stop(),
        () => {
          stopped += 1;
        },
      );
    }
    if (!(await passUntil(() => stopped === all.length, 30_000))) {
      throw new Violation(`${all.length - stopped} replicas did not stop`);
    }
    const [timer] = scheduler.timers();
    if (timer) throw new Violation(`a timer is left: ${timer.label} of ${timer.context?.process.name}`);
    if (bus.listenerCount() > 0) throw new Violation(`the bus still has ${bus.listenerCount()} listeners`);
  };

  /** Decides on a call as a client that sees all calls of its user. */
  const decide = (
    replica: Replica,
    { id, viewer }: KnownGeneration,
    decision: ToolDecision,
  ): string | null => {
    const row = store.rows().find((one) => one.id === id);
    const call = row && callsIn(row).find(({ state }) => state === 'WAITING');
    if (!call) return null;
    const label = `${decision} ${call.id} at ${replica.process.name}`;
    tools.decides(call.id, decision);
    perform(
      label,
      replica,
      () => replica.generations.decideToolCall(viewer, call.id, decision),
      () => tools.hasDecided(call.id, decision),
    );
    return label;
  };

  return {
    decide,
    random,
    scheduler,
    engine,
    known,
    readers,
    replicas,
    running,
    canStart: () => replicas.length < maxReplicas,
    start,
    watch,
    onStarted,
    perform,
    step,
    settle,
    pause(replica: Replica) {
      replica.process.isDisturbed = true;
      replica.process.state = 'paused';
      queue.disconnected(replica.link);
    },
    resume(replica: Replica) {
      scheduler.resume(replica.process);
      queue.reconnected();
    },
    kill(replica: Replica) {
      mayLeaveEntries = true;
      forget(replica);
    },
    stop(replica: Replica) {
      replica.process.isDisturbed = true;
      stopping.add(replica.process);
      const requests = [...operations].filter(({ process }) => process === replica.process);
      perform(
        `stop ${replica.process.name}`,
        replica,
        () => replica.stop(() => untilAnswered(requests)),
        () => {
          if (requests.some((request) => operations.has(request))) mayLeaveEntries = true;
          forget(replica);
        },
      );
    },
    disconnect(replica: Replica, server: Server) {
      replica.process.isDisturbed = true;
      replica.link.down.add(server);
      if (server === 'queue') queue.disconnected(replica.link);
    },
    fault(replica: Replica, fault: Fault) {
      replica.process.isDisturbed = true;
      replica.link.faults.push(fault);
    },
    reconnect(replica: Replica) {
      reconnect(replica.link);
      queue.reconnected();
    },
    /** Checks the whole answer that a completion's caller received. */
    checkAnswer(id: string, text: string) {
      received.add(id);
      if (engine.runs.some((run) => run.isDone && run.prefix + run.text === text)) return;
      oracle.violation ??= new Violation(
        `the caller of ${id} got ${JSON.stringify(text)}, which is not a whole answer`,
      );
    },
    userOf,
    newKey() {
      lastId += 1;
      return `key${lastId}`;
    },
  };
};

export type World = ReturnType<typeof createWorld>;

import { setTimeout as sleep } from 'node:timers/promises';
import type { Viewer } from '../../../api/access/viewer.ts';
import { Failure } from '../../../api/errors/failures.ts';
import { isFinal } from '../../../api/generations/generation.ts';
import type { StartedAnswer } from '../../../api/generations/request/startedAnswer.ts';
import type { KnownGeneration, Target } from '../commands.ts';
import type { EngineMode, EngineRun } from '../engine.ts';
import type { Server } from '../network.ts';
import { createOracle } from '../oracle.ts';
import { createRandom } from '../random.ts';
import { Reader } from '../reader.ts';
import type { Row } from '../store.ts';
import { userOf } from '../users.ts';
import { Violation } from '../violation.ts';
import { type ReplicaProcess, startReplicaProcess } from './process.ts';
import { startNetworkProxy } from './proxy.ts';
import type { Servers } from './servers.ts';
import { createUsageCheck } from './usageCheck.ts';

export interface AdaptersWorldOptions {
  readonly redisUrl: string;
  readonly mongodbUrl: string;
  readonly seed: number;
  readonly defect: string | null;
  readonly isTraced: boolean;
}

const maxReplicas = 3;
/** The interval between two reads of the store, in ms. */
const sampleMs = 50;
/** The maximum times until everything has ended after the last fault, and until a replica has stopped, in ms. */
const maxSettleMs = 90_000;
const maxStopMs = 30_000;
/** The maximum time until a job of a dead or paused worker is taken over, in ms. */
const takeoverMs = 8000;
/** The time for delayed work, such as a save, in ms. */
const delayedWorkMs = 2500;
/** The first numbers of the runs of two replicas' engines differ by this. */
const runsPerReplica = 1000;

const addressOf = (url: string, defaultPort: number) => {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port || defaultPort) };
};

const throughProxy = (url: string, port: number): string => {
  const changed = new URL(url);
  changed.hostname = '127.0.0.1';
  changed.port = String(port);
  return changed.href;
};

/** The world of one schedule in real time: replicas in processes of their own, each behind its own proxies. */
export const createAdaptersWorld = async (servers: Servers, options: AdaptersWorldOptions) => {
  const { redisUrl, mongodbUrl, seed, defect, isTraced } = options;
  const random = createRandom(seed);
  const startedAt = performance.now();
  const replicas: ReplicaProcess[] = [];
  const readers: Reader[] = [];
  const known: KnownGeneration[] = [];
  const operations = new Set<{ readonly label: string; readonly replica: ReplicaProcess }>();
  const stopping = new Set<ReplicaProcess>();
  const ended: Promise<void>[] = [];
  const completed: string[] = [];
  const received = new Set<string>();
  /** What readers had at a final status. */
  const finalReads: { readonly id: string; readonly attempt: number; readonly text: string }[] = [];
  const usageCheck = createUsageCheck();
  const timers = new Set<NodeJS.Timeout>();
  let mode: EngineMode = 'steady';
  let started = 0;
  let lastKey = 0;
  let mayLeaveEntries = false;
  let mayBeDeleted = false;
  let rows: readonly Row[] = [];

  const runs: EngineRun[] = [];
  const plainOracle = createOracle({
    store: { rows: () => rows },
    journal: { read: async () => null },
    engine: { runs },
    isSampled: true,
  });
  const oracle: Pick<typeof plainOracle, 'checkEvent' | 'violation'> = {
    get violation() {
      return plainOracle.violation;
    },
    set violation(violation) {
      plainOracle.violation ??= violation;
    },
    checkEvent(id, before, event) {
      const after = plainOracle.checkEvent(id, before, event);
      if (isFinal(event.status)) finalReads.push({ id, attempt: event.attempt, text: after.text });
      return after;
    },
  };
  const violated = (message: string) => {
    plainOracle.violation ??= new Violation(message);
  };

  const running = () =>
    replicas.filter((replica) => replica.process.state === 'running' && !stopping.has(replica));

  const boot = async (replica: ReplicaProcess) => {
    await replica.ready;
    replica.setMode(mode);
  };

  const openReplica = async (): Promise<ReplicaProcess> => {
    started += 1;
    const [store, redis] = await Promise.all([
      startNetworkProxy(addressOf(mongodbUrl, 27017), random),
      startNetworkProxy(addressOf(redisUrl, 6379), random),
    ]);
    return startReplicaProcess({
      name: `replica ${started}`,
      options: {
        redisUrl: throughProxy(redisUrl, redis.port),
        prefix: servers.prefix,
        mongodbUrl: throughProxy(mongodbUrl, store.port),
        databaseName: servers.databaseName,
        seed: seed + started,
        firstRun: started * runsPerReplica,
        defect,
        isTraced,
      },
      proxies: { store, redis },
      observe(reply) {
        if (reply.kind === 'usage') usageCheck.note(reply.step, reply.generationId, reply.attempt);
        else completed.push(reply.text);
      },
    });
  };

  /** Proxies take a moment to open, and commands don't wait: one replica is always open in advance. */
  let next = await openReplica();
  let opening: Promise<void> = Promise.resolve();

  const start = (): ReplicaProcess => {
    const replica = next;
    replicas.push(replica);
    opening = boot(replica)
      .then(openReplica)
      .then((opened) => {
        next = opened;
      });
    opening.catch((error: unknown) => violated(`a replica did not start: ${error}`));
    return replica;
  };

  const forget = (replica: ReplicaProcess) => {
    replica.process.state = 'killed';
    const index = replicas.indexOf(replica);
    if (index >= 0) replicas.splice(index, 1);
    for (const operation of operations) if (operation.replica === replica) operations.delete(operation);
    for (const reader of readers) {
      if (reader.replica?.process === replica.process) reader.connectionLost();
    }
  };

  /** Closes the proxies when the process has ended, which it must do by itself unless it was killed. */
  const untilGone = async (replica: ReplicaProcess, isKilled: boolean): Promise<void> => {
    const late = new AbortController();
    const code = await Promise.race([
      replica.exited,
      sleep(maxStopMs, 'late' as const, { signal: late.signal }).catch(() => null),
    ]);
    late.abort();
    if (code === 'late') {
      violated(`${replica.process.name} has stopped, but its process has not ended`);
      replica.signal('SIGKILL');
    } else if (code !== 0 && !isKilled) violated(`${replica.process.name} exited with ${code}`);
    await Promise.all([replica.proxies.store.close(), replica.proxies.redis.close()]);
  };

  const perform: Target<ReplicaProcess>['perform'] = (label, replica, act, done) => {
    const operation = { label, replica };
    operations.add(operation);
    if (label.startsWith('delete ')) mayBeDeleted = true;
    act()
      .then(
        (result) => operations.has(operation) && done?.(result),
        (error: unknown) => {
          if (error instanceof Failure || !operations.has(operation)) return;
          violated(`${label} failed unexpectedly: ${(error as Error)?.message ?? error}`);
        },
      )
      .finally(() => operations.delete(operation));
  };

  const watch = (one: Pick<KnownGeneration, 'id' | 'viewer'>): Reader => {
    const reader = new Reader(
      {
        scheduler: {
          add(_label, run, { delayMs = 0 } = {}) {
            // Readers reconnect for ever.
            if (closing.signal.aborted) return;
            const timer = setTimeout(() => {
              timers.delete(timer);
              run();
            }, delayMs);
            timers.add(timer);
          },
        },
        oracle,
        anyReplica() {
          const [first, ...others] = running();
          return first ? random.pick([first, ...others]) : null;
        },
        // The store is read from time to time only.
        exists: (id) => !mayBeDeleted && rows.some((row) => row.id === id),
      },
      one.viewer,
      one.id,
    );
    readers.push(reader);
    reader.connect();
    return reader;
  };

  const proxyOf = (replica: ReplicaProcess, server: Server) =>
    server === 'store' ? replica.proxies.store : replica.proxies.redis;

  const reconnect = (replica: ReplicaProcess) => {
    for (const server of replica.link.down) proxyOf(replica, server).restore();
    replica.link.down.clear();
  };

  const closing = new AbortController();
  const sample = async (): Promise<void> => {
    rows = await servers.rows(rows);
    // `delete`: compares all rows, and notes which are missing.
    plainOracle.observe('store', 'delete', []);
  };
  const sampled = (async () => {
    while (!closing.signal.aborted) {
      await sample();
      await sleep(sampleMs, undefined, { signal: closing.signal }).catch(() => {});
    }
  })();
  sampled.catch((error: unknown) => violated(`the store can't be read: ${error}`));

  /** Waits at least this long. Throws the first violation. */
  const pass = async (ms: number): Promise<void> => {
    const until = performance.now() + ms;
    do {
      if (plainOracle.violation) throw plainOracle.violation;
      await sleep(Math.min(100, Math.max(0, until - performance.now())));
    } while (performance.now() < until);
    if (plainOracle.violation) throw plainOracle.violation;
  };

  const findUnfinished = (): string | null => {
    const row = rows.find(({ status }) => status === 'QUEUED' || status === 'RUNNING');
    if (row) return `generation ${row.id} is ${row.status}, attempt ${row.attempt}`;
    const [operation] = operations;
    if (operation) return `"${operation.label}" has no result`;
    const reader = readers.find(({ state }) => state === 'reading' || state === 'stalled');
    return reader ? `a reader of ${reader.id} has no final status` : null;
  };

  const checkTexts = () => {
    for (const { id, status, content } of rows) {
      if (status === 'COMPLETED' && content !== null && !completed.includes(content)) {
        violated(`${id} is COMPLETED, but its text is not the whole text of any run: ${content}`);
      }
    }
    for (const { id, attempt, text } of finalReads) {
      const row = rows.find((one) => one.id === id);
      if (row?.attempt !== attempt || row.content === null || row.content === text) continue;
      violated(`a reader of ${id} ended attempt ${attempt} with "${text}", but "${row.content}" is stored`);
    }
  };

  const findLeft = async (): Promise<string | null> => {
    for (const { id, messageId } of rows) {
      const entry = await servers.journal.read(id);
      const isAbandoned = messageId === null && entry?.status === 'COMPLETED' && !received.has(id);
      if (entry && !isAbandoned && !mayLeaveEntries) {
        return `the journal still has ${id}, attempt ${entry.attempt}, ${entry.status}`;
      }
      if (await servers.queue.has(id)) return `the queue still has ${id}`;
    }
    const waiting = await servers.queue.waitingCount();
    return waiting > 0 ? `${waiting} jobs wait in the queue` : null;
  };

  const checkOrder = async () => {
    const conversations = new Map(
      known.map(({ conversationId, viewer }) => [conversationId, viewer.user.id]),
    );
    for (const [conversationId, ownerId] of conversations) {
      const seen = new Set<string>();
      for (const { id, parentId } of await servers.stores.messages.ofConversation(
        ownerId,
        conversationId,
        null,
        100,
      )) {
        if (parentId !== null && !seen.has(parentId)) {
          violated(`message ${id} of a conversation comes before its parent`);
        }
        seen.add(id);
      }
    }
  };

  /** Resolves to null as soon as `find` returns null, else to its last result after the limit. */
  const untilNone = async (find: () => string | null | Promise<string | null>, limitMs: number) => {
    const giveUpAt = performance.now() + limitMs;
    for (;;) {
      const found = await find();
      if (found === null || performance.now() > giveUpAt) return found;
      await pass(100);
    }
  };

  /** Ends all faults, waits until everything has ended, and checks that nothing is left. */
  const settle = async (): Promise<void> => {
    world.engine.mode = 'steady';
    await opening;
    for (const replica of replicas) {
      reconnect(replica);
      replica.proxies.store.heal();
      replica.proxies.redis.heal();
    }
    if (running().length === 0) start();
    await opening;
    const paused = replicas.filter(({ process }) => process.state === 'paused');
    // Until others have taken over what the paused ones were running.
    if (paused.length > 0) await pass(takeoverMs);
    for (const replica of paused) world.resume(replica);
    for (const reader of readers) reader.resume();
    const unfinished = await untilNone(findUnfinished, maxSettleMs);
    if (unfinished) throw new Violation(`${maxSettleMs / 1000} s after the last fault ${unfinished}`);
    await pass(delayedWorkMs);
    await sample();
    checkTexts();
    await checkOrder();
    const left = await untilNone(findLeft, maxStopMs);
    if (left) throw new Violation(left);
    for (const replica of replicas) {
      const listening = await untilNone(async () => {
        const count = await replica.listeners();
        // Each replica has its own subscriptions: to cancellations and to changes of the queue.
        return count > 2 ? `${replica.process.name} still has ${count} subscriptions` : null;
      }, maxStopMs);
      if (listening) violated(listening);
    }
    const miscounted = usageCheck.find();
    if (miscounted) violated(miscounted);
    await pass(0);
    for (const replica of [...replicas]) world.stop(replica);
    const stuck = await untilNone(
      () => (replicas.length > 0 ? `${replicas[0]?.process.name} has not stopped` : null),
      maxStopMs,
    );
    if (stuck) throw new Violation(stuck);
    await Promise.all(ended);
    await pass(0);
  };

  const world: Target<ReplicaProcess> & {
    pass(ms: number): Promise<void>;
    settle(): Promise<void>;
    elapsedMs(): number;
    close(): Promise<void>;
  } = {
    engine: {
      get mode() {
        return mode;
      },
      set mode(changed) {
        mode = changed;
        for (const replica of replicas) replica.setMode(changed);
      },
    },
    known,
    readers,
    replicas,
    running,
    canStart: () => replicas.length < maxReplicas && !replicas.includes(next),
    start,
    watch,
    perform,
    onStarted:
      (viewer: Viewer, isWatched: boolean) =>
      ({ generation, assistantMessage }: StartedAnswer) => {
        const { id } = generation;
        if (known.every((one) => one.id !== id)) {
          const { conversationId, id: messageId } = assistantMessage;
          known.push({ id, viewer, conversationId, messageId });
        }
        if (isWatched) watch({ id, viewer });
      },
    pause(replica) {
      replica.process.state = 'paused';
      replica.signal('SIGSTOP');
    },
    resume(replica) {
      replica.signal('SIGCONT');
      replica.process.state = 'running';
    },
    kill(replica) {
      mayLeaveEntries = true;
      replica.signal('SIGKILL');
      forget(replica);
      ended.push(untilGone(replica, true));
    },
    stop(replica) {
      stopping.add(replica);
      perform(
        `stop ${replica.process.name}`,
        replica,
        () => replica.stop(),
        () => {
          forget(replica);
          ended.push(untilGone(replica, false));
        },
      );
    },
    disconnect(replica, server) {
      replica.link.down.add(server);
      proxyOf(replica, server).cut();
    },
    reconnect,
    fault(replica, { server, kind }) {
      proxyOf(replica, server).fault(kind);
    },
    checkAnswer(id, text) {
      received.add(id);
      if (!completed.includes(text))
        violated(`the caller of ${id} got "${text}", which is not a whole answer`);
    },
    userOf,
    newKey() {
      lastKey += 1;
      return `key${lastKey}`;
    },
    pass,
    settle,
    elapsedMs: () => performance.now() - startedAt,
    async close() {
      closing.abort();
      await sampled.catch(() => {});
      for (const timer of timers) clearTimeout(timer);
      await opening.catch(() => {});
      for (const replica of new Set([...replicas, next])) {
        replica.signal('SIGKILL');
        await untilGone(replica, true);
      }
      await Promise.all(ended);
    },
  };
  return world;
};

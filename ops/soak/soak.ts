import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../simulation/random.ts';
import { measureCpu } from './cpu.ts';
import { injectFaults } from './faults.ts';
import { SoakReader } from './reader.ts';
import { startReplicas } from './replicas.ts';
import { watchOverHttp, watchOverSocket } from './transports.ts';
import { isFinal, request, type WorkCounts, work } from './users.ts';

export interface SoakOptions {
  readonly seconds: number;
  readonly readers: number;
  readonly seed: number;
  /** A folder for the log of each replica; null: none is written. */
  readonly logs: string | null;
  readonly log: (line: string) => void;
  /** Ends the time with faults early. */
  readonly signal?: AbortSignal;
}

export interface SoakResult {
  readonly violations: readonly string[];
}

const users = 4;
/** Readers choose among the latest generations. */
const readRecent = 10;
/** The time for all generations and readers to end after the last fault, in ms. */
const settleMs = 180_000;
/** The maximum CPU use of an idle process; 1 is one core. The times before and of the measurement, in seconds. */
const maxIdleCpu = 0.6;
const calmSeconds = 10;
const measuredSeconds = 20;
/** The length from which each kind of request and of fault happens, whatever the seed. */
const surelySeconds = 300;

interface Stored {
  readonly status: string;
  readonly attempt: number;
  readonly text: string;
  readonly message: { readonly content: string };
}

const storedQuery = `query ($id: ID!) {
  node(id: $id) { ... on Generation { status attempt text message { content } } }
}`;

/** Runs replicas under faults, users and readers, then checks that every reader has the stored text, and nothing is busy. */
export const soak = async (options: SoakOptions): Promise<SoakResult> => {
  const { seconds, readers: readerCount, seed, logs, log } = options;
  // Each part has its own numbers, so that its choices don't depend on the speed of the others.
  const randomOf = (part: number) => createRandom(seed * 1000 + part);
  const violations: string[] = [];
  const violated = (message: string) => {
    violations.push(message);
    log(`violation: ${message}`);
  };
  const startedAt = performance.now();
  const since = () => `${((performance.now() - startedAt) / 1000).toFixed(0).padStart(4)} s  `;
  const replicas = await startReplicas(randomOf(0), logs);
  try {
    const ids: string[] = [];
    const work_: WorkCounts = { generated: 0, cancelled: 0, continued: 0, failed: 0 };
    let reconnects = 0;
    const anyTarget = () => ({ url: replicas.anyUrl(), token: replicas.token });
    const readers = Array.from({ length: readerCount }, (_, index) => {
      const watch = index % 2 === 0 ? watchOverSocket : watchOverHttp;
      return new SoakReader({
        name: `reader ${index + 1}`,
        random: randomOf(100 + index),
        watch,
        anyTarget,
        violated,
        reconnected: () => {
          reconnects += 1;
        },
      });
    });

    const over = AbortSignal.timeout(seconds * 1000);
    const end = options.signal ? AbortSignal.any([over, options.signal]) : over;
    const reading = readers.map(async (reader, index) => {
      const random = randomOf(1000 + index);
      while (!end.aborted) {
        const [first, ...others] = ids.slice(-readRecent);
        if (first === undefined) await sleep(100);
        else await reader.read(random.pick([first, ...others]), end);
        // Reading an answer that ended before takes no time.
        await sleep(50);
      }
    });
    const working = Array.from({ length: users }, (_, index) =>
      work({ random: randomOf(10 + index), anyTarget, ids, counts: work_, number: index + 1 }, end),
    );
    const faults = await injectFaults(replicas, randomOf(1), end, (line) => log(since() + line));
    await Promise.all([...reading, ...working]);
    log(`${since()}no more faults`);

    const settled = AbortSignal.timeout(settleMs);
    const statuses = await checkTexts({ ids, readers, violated, settled, target: anyTarget });
    for (const error of replicas.unexpectedErrors()) violated(`a replica logged an error: ${error}`);

    await sleep(calmSeconds * 1000);
    const cpu = await measureCpu(
      replicas.cluster.replicas.map(({ pid }) => pid),
      measuredSeconds,
    );
    const percent = cpu.map((used) => Math.round(used * 100));
    for (const [index, used] of cpu.entries()) {
      if (used > maxIdleCpu) violated(`replica ${index + 1} uses ${percent[index]} % of a core while idle`);
    }

    const copies = readers.reduce((sum, reader) => sum + reader.copies.size, 0);
    const list = (counts: Readonly<Record<string, number>>) =>
      Object.entries(counts)
        .map(([name, count]) => `${name} ${count}`)
        .join(', ');
    // A soak in which nothing works would find nothing.
    const { generated, cancelled, continued } = work_;
    const mustHappen = {
      generated,
      'texts compared': copies,
      ...(seconds >= surelySeconds && { cancelled, continued, ...faults }),
    };
    for (const [name, count] of Object.entries(mustHappen)) {
      if (count === 0) violated(`${name}: 0, so the soak has checked less than it should`);
    }
    log(`faults: ${list({ ...faults })}`);
    log(`requests: ${list({ ...work_ })}`);
    log(`generations: ${list(statuses)}`);
    log(`readers: ${readerCount}, texts compared ${copies}, connections lost or left ${reconnects}`);
    log(`idle CPU of the replicas: ${percent.map((used) => `${used} %`).join(', ')}`);
    return { violations };
  } finally {
    await replicas.close();
  }
};

interface TextCheck {
  readonly ids: readonly string[];
  readonly readers: readonly SoakReader[];
  readonly target: () => { readonly url: string; readonly token: string };
  readonly violated: (message: string) => void;
  /** Aborts when everything must have ended. */
  readonly settled: AbortSignal;
}

/** Waits until each generation has ended, lets each reader resume all that it has read, and compares the texts. */
const checkTexts = async ({ ids, readers, target, violated, settled }: TextCheck) => {
  const statuses: Record<string, number> = {};
  for (const id of ids) {
    const stored = await untilEnded(target, id, settled);
    if (!stored || !isFinal(stored.status)) {
      const state = stored ? `is ${stored.status}, attempt ${stored.attempt},` : 'can not be read';
      violated(`${id} ${state} ${settleMs / 1000} s after the last fault`);
      continue;
    }
    statuses[stored.status] = (statuses[stored.status] ?? 0) + 1;
    const { content } = stored.message;
    if (stored.text !== content) violated(`${id}: the generation's text is not the message's content`);
    const readersOfIt = readers.filter(({ copies }) => copies.has(id));
    await Promise.all(readersOfIt.map((reader) => reader.read(id, settled)));
    for (const reader of readersOfIt) {
      const copy = reader.copies.get(id);
      const isSame =
        copy?.text === content && copy.status === stored.status && copy.attempt === stored.attempt;
      if (isSame) continue;
      const has = `${copy?.text.length} characters, attempt ${copy?.attempt}, ${copy?.status}`;
      violated(
        `a reader of ${id} has ${has}; stored are ${content.length} characters, attempt ${stored.attempt}, ${stored.status}`,
      );
    }
  }
  return statuses;
};

/** Resolves to the last state that was read, which is final unless the time is over; null if none was. */
const untilEnded = async (
  target: TextCheck['target'],
  id: string,
  settled: AbortSignal,
): Promise<Stored | null> => {
  for (;;) {
    const answer = await request<{ node: Stored }>(target(), storedQuery, { id }).catch(() => null);
    if (settled.aborted || (answer && isFinal(answer.node.status))) return answer?.node ?? null;
    await sleep(200);
  }
};

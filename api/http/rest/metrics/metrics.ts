import { AggregatorRegistry, Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { BudgetObserver, Budgets } from '../../../budgets/budgets.ts';
import type { Engine } from '../../../engine/engine.ts';
import type { GenerationMetrics } from '../../../generations/metrics.ts';
import type { Queue } from '../../../generations/queue/queue.ts';
import type { Siblings } from '../../../process/siblings.ts';
import type { ReplicaRegistry } from '../../../replicas/registry.ts';

export interface MetricsDeps {
  readonly queue: Pick<Queue, 'waitingCount'>;
  readonly engine: Pick<Engine, 'health' | 'slots'>;
  readonly replicaRegistry: Pick<ReplicaRegistry, 'list'>;
  /** What callers hold in this process, by resource. */
  readonly held: () => ReturnType<Budgets['totals']>;
  readonly openCounts: () => { readonly sockets: number; readonly readers: number };
  /** The other processes on the same ports: any of them may get Prometheus' request. Absent: none. */
  readonly siblings?: Siblings;
}

/** The metrics of this process, for Prometheus. With `WORKERS`, of all processes on the same ports together. */
export interface Metrics extends GenerationMetrics, BudgetObserver {
  /** Returns Prometheus' text format and its content type. Gauges are read now. */
  read(): Promise<{ readonly text: string; readonly contentType: string }>;
}

const seconds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

export const createMetrics = (deps: MetricsDeps): Metrics => {
  const { queue, engine, replicaRegistry, openCounts, held, siblings } = deps;
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const ended = new Counter({
    name: 'ziggie_generations_total',
    help: 'Generations that ended in this process, by final status, model, and whether the response cache answered.',
    labelNames: ['status', 'model', 'cached'] as const,
    registers,
  });
  const tokens = new Counter({
    name: 'ziggie_tokens_total',
    help: 'Prompt and completion tokens of generations that ran in this process.',
    labelNames: ['kind', 'model'] as const,
    registers,
  });
  const firstToken = new Histogram({
    name: 'ziggie_time_to_first_token_seconds',
    help: "Time from a worker's claim of a generation to its first character.",
    labelNames: ['model'] as const,
    buckets: seconds,
    registers,
  });
  const duration = new Histogram({
    name: 'ziggie_generation_duration_seconds',
    help: "Time from a worker's claim of a generation to its end.",
    labelNames: ['model'] as const,
    buckets: seconds,
    registers,
  });
  const cacheLookups = new Counter({
    name: 'ziggie_cache_lookups_total',
    help: 'Lookups in the response cache by this process: hit, followed (the answer was being computed) or missed.',
    labelNames: ['result'] as const,
    registers,
  });
  for (const result of ['hit', 'followed', 'missed']) cacheLookups.inc({ result }, 0);
  const gauge = (
    name: string,
    help: string,
    read: () => number | Promise<number>,
    aggregator: 'sum' | 'max' = 'max',
  ) =>
    new Gauge({
      name,
      help,
      registers,
      aggregator,
      async collect() {
        // NaN means unknown, such as while Redis is unavailable.
        this.set(await Promise.resolve(read()).catch(() => Number.NaN));
      },
    });
  gauge('ziggie_queue_waiting', 'Queued generations, of all replicas together.', () => queue.waitingCount());
  gauge('ziggie_engine_slots', 'Generations that the available engines can run at once.', () => engine.slots);
  gauge('ziggie_engine_ready', '1 if an engine takes prompts, else 0.', async () =>
    (await engine.health()).state === 'ready' ? 1 : 0,
  );
  gauge('ziggie_replicas', 'Running replicas.', async () => (await replicaRegistry.list()).length);
  gauge('ziggie_sockets', 'Open sockets of this process.', () => openCounts().sockets, 'sum');
  gauge('ziggie_readers', 'Active subscriptions of this process.', () => openCounts().readers, 'sum');

  const refusals = new Counter({
    name: 'ziggie_budget_refusals_total',
    help: 'Rejections by this process because a caller reached its CALLER_LIMITS, by resource and kind of caller.',
    labelNames: ['resource', 'holder'] as const,
    registers,
  });
  // Not by caller: the number of series would be unbounded.
  new Gauge({
    name: 'ziggie_budget_held',
    help: 'What callers hold in this process (sockets, streams, operations, buffered bytes), by resource and kind of caller.',
    labelNames: ['resource', 'holder'] as const,
    registers,
    collect() {
      this.reset();
      for (const { resource, kind, amount } of held()) this.set({ resource, holder: kind }, amount);
    },
  });

  siblings?.onRead(() => registry.getMetricsAsJSON());

  return {
    budgetRefused: (resource, kind) => refusals.inc({ resource, holder: kind }),
    generationEnded({ model, status, cached, usage }) {
      ended.inc({ status, model, cached: String(cached) });
      if (cached || !usage) return;
      tokens.inc({ kind: 'prompt', model }, usage.promptTokens);
      tokens.inc({ kind: 'completion', model }, usage.completionTokens);
      duration.observe({ model }, usage.durationMs / 1000);
      if (usage.timeToFirstTokenMs !== null) firstToken.observe({ model }, usage.timeToFirstTokenMs / 1000);
    },
    cacheLookedUp: (result) => cacheLookups.inc({ result }),
    async read() {
      const { contentType } = registry;
      if (!siblings) return { text: await registry.metrics(), contentType };
      const [own, others] = await Promise.all([registry.getMetricsAsJSON(), siblings.readAll()]);
      const all = AggregatorRegistry.aggregate([own, ...others.filter(isMetrics)]);
      return { text: await all.metrics(), contentType };
    },
  };
};

const isMetrics = (value: unknown): value is object[] => Array.isArray(value);

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { BudgetObserver, Budgets } from '../../budgets/budgets.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Queue } from '../../generations/queue/queue.ts';
import type { GenerationObserver } from '../../generations/run/observer.ts';
import type { ReplicaRegistry } from '../../replicas/registry.ts';

export interface MetricsDeps {
  readonly queue: Pick<Queue, 'waitingCount'>;
  readonly engine: Pick<Engine, 'health' | 'slots'>;
  readonly replicaRegistry: Pick<ReplicaRegistry, 'list'>;
  /** What is held in this process. */
  readonly held: () => ReturnType<Budgets['totals']>;
  readonly openCounts: () => { readonly sockets: number; readonly readers: number };
}

/** What is counted in this process, for Prometheus. */
export interface Metrics extends GenerationObserver, BudgetObserver {
  /** In Prometheus' text format, and its content type. Numbers of other parts are asked for now. */
  read(): Promise<{ readonly text: string; readonly contentType: string }>;
}

const seconds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

export const createMetrics = ({ queue, engine, replicaRegistry, openCounts, held }: MetricsDeps): Metrics => {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const ended = new Counter({
    name: 'ziggie_generations_total',
    help: 'Generations that ended here, by how, and by whether the answer was a stored one.',
    labelNames: ['status', 'model', 'cached'] as const,
    registers,
  });
  const tokens = new Counter({
    name: 'ziggie_tokens_total',
    help: 'Tokens that engines read (prompt) and wrote (completion) for generations that ran here.',
    labelNames: ['kind', 'model'] as const,
    registers,
  });
  const firstToken = new Histogram({
    name: 'ziggie_time_to_first_token_seconds',
    help: 'From the moment a worker took a generation to its first character.',
    labelNames: ['model'] as const,
    buckets: seconds,
    registers,
  });
  const duration = new Histogram({
    name: 'ziggie_generation_duration_seconds',
    help: 'From the moment a worker took a generation to its end.',
    labelNames: ['model'] as const,
    buckets: seconds,
    registers,
  });
  const cacheAsked = new Counter({
    name: 'ziggie_cache_lookups_total',
    help: 'Stored answers that were looked for here: hit, followed (being computed just then) or missed.',
    labelNames: ['result'] as const,
    registers,
  });
  for (const result of ['hit', 'followed', 'missed']) cacheAsked.inc({ result }, 0);
  const gauge = (name: string, help: string, ask: () => number | Promise<number>) =>
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        // Redis may be away: then this one number is not known.
        this.set(await Promise.resolve(ask()).catch(() => Number.NaN));
      },
    });
  gauge('ziggie_queue_waiting', 'Generations that wait for a slot, on all replicas together.', () =>
    queue.waitingCount(),
  );
  gauge(
    'ziggie_engine_slots',
    'Generations that the engines now there run side by side.',
    () => engine.slots,
  );
  gauge('ziggie_engine_ready', '1 where there is an engine that takes prompts.', async () =>
    (await engine.health()).state === 'ready' ? 1 : 0,
  );
  gauge(
    'ziggie_replicas',
    'Processes of this service that are there now.',
    async () => (await replicaRegistry.list()).length,
  );
  gauge('ziggie_sockets', 'Sockets that are open here.', () => openCounts().sockets);
  gauge('ziggie_readers', 'Subscriptions that are followed here.', () => openCounts().readers);

  const refused = new Counter({
    name: 'ziggie_budget_refusals_total',
    help: 'Refusals here because a caller held all that CALLER_LIMITS allow, by resource and kind of caller.',
    labelNames: ['resource', 'holder'] as const,
    registers,
  });
  // Callers have no series of their own: there may be any number of them.
  new Gauge({
    name: 'ziggie_budget_held',
    help: 'What callers hold here now (sockets, streams, operations, buffered bytes), by resource and kind of caller.',
    labelNames: ['resource', 'holder'] as const,
    registers,
    collect() {
      this.reset();
      for (const { resource, kind, amount } of held()) this.set({ resource, holder: kind }, amount);
    },
  });

  return {
    budgetRefused: (resource, kind) => refused.inc({ resource, holder: kind }),
    ended({ model, status, cached, usage }) {
      ended.inc({ status, model, cached: String(cached) });
      if (cached || !usage) return;
      tokens.inc({ kind: 'prompt', model }, usage.promptTokens);
      tokens.inc({ kind: 'completion', model }, usage.completionTokens);
      duration.observe({ model }, usage.durationMs / 1000);
      if (usage.timeToFirstTokenMs !== null) firstToken.observe({ model }, usage.timeToFirstTokenMs / 1000);
    },
    cacheAsked: (result) => cacheAsked.inc({ result }),
    read: async () => ({ text: await registry.metrics(), contentType: registry.contentType }),
  };
};

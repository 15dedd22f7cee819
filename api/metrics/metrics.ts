import { collectDefaultMetrics } from 'prom-client';
import type { BatchMetrics } from '../batches/metrics.ts';
import type { BatchStore } from '../batches/store/store.ts';
import type { BudgetObserver, Budgets } from '../budgets/budgets.ts';
import type { Engine } from '../engine/engine.ts';
import type { GenerationMetrics, ToolMetrics } from '../generations/metrics.ts';
import type { Queue } from '../generations/queue/queue.ts';
import type { GenerationStore } from '../generations/store/store.ts';
import { version } from '../process/version.ts';
import type { ReplicaRegistry } from '../replicas/registry.ts';
import { definitionsIn } from './definitions.ts';
import { addEngineGauges } from './engineMetrics.ts';
import { createGenerationMetrics } from './generationMetrics.ts';
import { queueAgeS } from './queueAge.ts';
import type { MetricsRegistry } from './registry.ts';
import { createRequestMetrics, type RequestMetrics } from './requestMetrics.ts';

export interface MetricsDeps {
  readonly registry: MetricsRegistry;
  readonly queue: Pick<Queue, 'waitingCount'>;
  readonly generations: Pick<GenerationStore, 'unfinishedAnyOwner'>;
  readonly batches: Pick<BatchStore, 'countsAnyOwner'>;
  readonly engine: Pick<Engine, 'health' | 'slots' | 'models'>;
  readonly replicaRegistry: Pick<ReplicaRegistry, 'list'>;
  /** What callers hold in this process, by resource. */
  readonly held: () => ReturnType<Budgets['totals']>;
  /** What users hold on all replicas together, by resource. */
  readonly heldByAll: () => ReturnType<Budgets['sharedTotals']>;
  readonly openCounts: () => { readonly sockets: number; readonly readers: number };
  readonly idleRuns: () => number;
  /** Returns whether the store, and what replicas share, answer. */
  readonly isUp: (dependency: 'store' | 'coordination') => Promise<boolean>;
}

/** The metrics of this process, for Prometheus. */
export interface Metrics
  extends GenerationMetrics,
    ToolMetrics,
    BatchMetrics,
    BudgetObserver,
    RequestMetrics {
  readonly print: MetricsRegistry['print'];
}

export const createMetrics = (deps: MetricsDeps): Metrics => {
  const {
    registry,
    queue,
    generations,
    engine,
    replicaRegistry,
    openCounts,
    idleRuns,
    held,
    heldByAll,
    isUp,
  } = deps;
  const definitions = definitionsIn(registry);
  const { counter, gauge, gaugeWith } = definitions;
  collectDefaultMetrics({ register: registry.registry });
  gaugeWith('ziggie_build_info', 'Always 1; its label is the version of this process.', ['version']).set(
    { version },
    1,
  );

  gauge('ziggie_queue_waiting', 'Queued generations, of all replicas together.', () => queue.waitingCount());
  gauge(
    'ziggie_queue_oldest_age_seconds',
    'Time for which the oldest queued generation has waited, of all replicas together, without those in the background; 0 if none is queued.',
    async () => queueAgeS(await generations.unfinishedAnyOwner(), new Date()),
  );
  gauge(
    'ziggie_idle_runs',
    'Answers of this process that run and need no engine: they wait for a decision of their user, or for a slow tool.',
    idleRuns,
    'sum',
  );
  gaugeWith(
    'ziggie_batches_unfinished',
    'Running batches and their unfinished inputs, of all replicas together, by kind: batches or inputs.',
    ['kind'],
    async (unfinished) => {
      const { batches, inputs } = await deps.batches.countsAnyOwner();
      unfinished.set({ kind: 'batches' }, batches);
      unfinished.set({ kind: 'inputs' }, inputs);
    },
  );
  addEngineGauges(registry, engine);
  gauge('ziggie_replicas', 'Running replicas.', async () => (await replicaRegistry.list()).length);
  gauge('ziggie_sockets', 'Open sockets of this process.', () => openCounts().sockets, 'sum');
  gauge('ziggie_readers', 'Active subscriptions of this process.', () => openCounts().readers, 'sum');
  gaugeWith(
    'ziggie_dependency_up',
    '1 if the dependency answers this process, else 0: store, or coordination (Redis, else always 1).',
    ['dependency'],
    async (up) => {
      const all = ['store', 'coordination'] as const;
      await Promise.all(
        all.map(async (dependency) => up.set({ dependency }, (await isUp(dependency)) ? 1 : 0)),
      );
    },
    'min',
  );

  const refusals = counter(
    'ziggie_budget_refusals_total',
    'Rejections by this process because a caller reached its CALLER_LIMITS, by resource and kind of caller.',
    ['resource', 'holder'],
  );
  const limitsReached = counter(
    'ziggie_limits_reached_total',
    'Requests that this process rejected because a caller reached a limit, by limit.',
    ['limit'],
  );
  // Not by caller: the number of series would be unbounded.
  gaugeWith(
    'ziggie_budget_held',
    'What callers hold in this process (sockets, streams, operations, buffered bytes), by resource and kind of caller.',
    ['resource', 'holder'],
    (gaugeOfHeld) => {
      gaugeOfHeld.reset();
      for (const { resource, kind, amount } of held()) gaugeOfHeld.set({ resource, holder: kind }, amount);
    },
    'sum',
  );
  gaugeWith(
    'ziggie_budget_held_by_all',
    'What users hold on all replicas together (running answers, reserved tokens, stored bytes), by resource. Unknown ones are left out.',
    ['resource'],
    async (gaugeOfHeld) => {
      const totals = await heldByAll();
      gaugeOfHeld.reset();
      for (const { resource, amount } of totals) gaugeOfHeld.set({ resource }, amount);
    },
  );

  const batchesEnded = counter(
    'ziggie_batches_total',
    'Batches that ended by themselves in this process, by final status.',
    ['status'],
  );
  const batchInputs = counter(
    'ziggie_batch_inputs_total',
    'Inputs of batches that this process ran, by outcome: completed, failed, or released to be run again.',
    ['outcome'],
  );

  return {
    ...createGenerationMetrics(definitions),
    ...createRequestMetrics(definitions),
    budgetRefused: (resource, kind) => refusals.inc({ resource, holder: kind }),
    batchEnded: (status) => batchesEnded.inc({ status }),
    batchInputRun: (outcome) => batchInputs.inc({ outcome }),
    limitReached: (limit) => limitsReached.inc({ limit }),
    print: (format) => registry.print(format),
  };
};

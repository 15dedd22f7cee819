import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { demand, may } from '../access/permissions.ts';
import type { Viewer } from '../access/viewer.ts';
import type { Engine, ModelLocation } from '../engine/engine.ts';
import { engineUnavailable, Failure, notFound } from '../errors/failures.ts';
import type { Ids } from '../process/ids.ts';
import { atMostEvery } from '../realtime/atMostEvery.ts';
import type { Bus } from '../realtime/bus.ts';
import { keepListening } from '../realtime/keepListening.ts';
import { notify } from '../realtime/notify.ts';
import { checkPullName, hasEnded, type Pull } from './pull.ts';
import { type Models, withTag } from './service.ts';
import { pullCancelRequested, pullProgressed } from './topics.ts';

/** Models that are fetched and deleted, by administrators. */
export interface Pulls {
  /**
   * Begins to fetch a model, to all engines or to one, and returns at once. What is being fetched here already is
   * returned as it is. Throws `FORBIDDEN`, `BAD_USER_INPUT`, `CONFLICT` where too many are.
   */
  start(viewer: Viewer, place: ModelLocation): Promise<Pull>;
  /** What is being fetched now, wherever it runs, oldest first. Nothing for those who may not fetch any. */
  list(viewer: Viewer): readonly Pull[];
  /** How far it is, to its end, wherever it runs. Throws `NOT_FOUND` where nothing of it is known. */
  watch(viewer: Viewer, id: string, signal: AbortSignal): AsyncGenerator<Pull, void, undefined>;
  /** Ends it, wherever it runs. What was fetched is kept by the engine for the next time. */
  cancel(viewer: Viewer, id: string): Promise<void>;
  /** Throws `FORBIDDEN`, `MODEL_NOT_FOUND`, `BAD_USER_INPUT`. */
  remove(viewer: Viewer, place: ModelLocation): Promise<void>;
  /** Ends those that run here. */
  close(): Promise<void>;
}

export interface PullsDeps {
  readonly engine: Engine;
  readonly models: Models;
  /** `MODELS_ALLOWED`, patterns of names; null: all. */
  readonly allowed: readonly string[] | null;
  readonly bus: Bus;
  readonly ids: Ids;
  readonly log: Logger;
}

/** As many are fetched at once here; more would only make each slower. */
const maxRunning = 4;
/** How many are remembered, for those who come to look late. */
const maxHeard = 100;
/** How often others are told at most, and at least while it runs, in milliseconds. */
const tellEveryMs = 250;
const heartbeatMs = 1000;
/** A pull that nobody hears of for so long is gone, with the replica that ran it, in milliseconds. */
const silenceMs = 5000;
/** How long deleting may take, in milliseconds. */
const removeMs = 30_000;

/** What was heard last of a pull, and when, in milliseconds of a clock that never goes back. */
interface Heard {
  readonly pull: Pull;
  readonly at: number;
}

interface Run {
  pull: Pull;
  readonly place: ModelLocation;
  readonly stop: AbortController;
  ended: Promise<void>;
}

export const createPulls = (deps: PullsDeps): Pulls => {
  const { engine, models, bus, ids, log } = deps;
  const runs = new Map<string, Run>();

  /** Of all replicas, this one among them. */
  const heard = new Map<string, Heard>();
  const watchers = new Set<(id: string) => void>();

  const hear = (pull: Pull) => {
    heard.delete(pull.id);
    heard.set(pull.id, { pull, at: performance.now() });
    for (const [oldest] of [...heard].slice(0, Math.max(0, heard.size - maxHeard))) heard.delete(oldest);
    for (const watcher of [...watchers]) watcher(pull.id);
  };

  const stops = [
    keepListening(bus, pullProgressed, 'all', { message: hear, missed: () => {} }),
    keepListening(bus, pullCancelRequested, 'all', {
      message: ({ id }) => runs.get(id)?.stop.abort(new Cancelled()),
      missed: () => {},
    }),
  ];

  const execute = async (run: Run): Promise<void> => {
    const { model } = run.pull;
    const tell = () => notify(deps, pullProgressed, 'all', run.pull);
    const tellSoon = atMostEvery(tellEveryMs, () => void tell());
    const heartbeat = setInterval(tellSoon, heartbeatMs);
    try {
      for await (const step of engine.pull(run.place, run.stop.signal)) {
        const others = run.pull.steps.filter(({ backend }) => backend !== step.backend);
        run.pull = { ...run.pull, steps: [...others, step].sort(byBackend) };
        tellSoon();
      }
      run.pull = { ...run.pull, status: 'COMPLETED' };
    } catch (error) {
      run.pull = { ...run.pull, ...failed(error, run.stop.signal) };
      if (!(error instanceof Failure)) log.error({ model, err: error }, 'a model could not be fetched');
    } finally {
      clearInterval(heartbeat);
      tellSoon.stop();
    }
    models.refresh();
    runs.delete(run.pull.id);
    hear(run.pull);
    await tell();
    const { status, error } = run.pull;
    log.info({ model, status, code: error?.code }, 'model fetched, or not');
  };

  return {
    async start(viewer, { name, backend }) {
      demand(viewer, 'manageModels');
      const place = { name: checkPullName(withTag(name.trim()), deps.allowed), backend };
      const present = [...runs.values()];
      const same = present.find((run) => run.place.name === place.name && run.place.backend === backend);
      if (same) return same.pull;
      if (present.length >= maxRunning) {
        throw new Failure(
          'CONFLICT',
          `${maxRunning} models are being fetched already. Wait for one, or cancel it.`,
        );
      }
      const pull: Pull = { id: ids.next(), model: place.name, status: 'RUNNING', steps: [], error: null };
      const run: Run = { pull, place, stop: new AbortController(), ended: Promise.resolve() };
      runs.set(pull.id, run);
      hear(pull);
      log.info({ model: pull.model, backend, user: viewer.user.id }, 'fetching a model');
      run.ended = execute(run);
      return pull;
    },

    list(viewer) {
      if (!may(viewer, 'manageModels')) return [];
      const isHere = ({ pull, at }: Heard) => !hasEnded(pull) && performance.now() - at < silenceMs;
      const present = [...heard.values()].filter(isHere).map(({ pull }) => pull);
      return present.sort((one, other) => (one.id < other.id ? -1 : 1));
    },

    async *watch(viewer, id, signal) {
      demand(viewer, 'manageModels');
      let wake = () => {};
      let isNew = heard.has(id);
      const watcher = (changed: string) => {
        if (changed !== id) return;
        isNew = true;
        wake();
      };
      watchers.add(watcher);
      try {
        for (;;) {
          signal.throwIfAborted();
          const latest = heard.get(id)?.pull;
          if (isNew && latest) {
            isNew = false;
            yield latest;
            if (hasEnded(latest)) return;
            continue;
          }
          const woken = new AbortController();
          wake = () => woken.abort();
          const either = AbortSignal.any([signal, woken.signal]);
          await sleep(silenceMs, undefined, { signal: either }).catch(() => {});
          if (either.aborted) continue;
          if (!latest) throw notFound('pull');
          throw engineUnavailable(
            'The replica that fetched it has gone. Fetch it again: it goes on where it was.',
          );
        }
      } finally {
        watchers.delete(watcher);
      }
    },

    async cancel(viewer, id) {
      demand(viewer, 'manageModels');
      await bus.publish(pullCancelRequested, 'all', { id });
    },

    async remove(viewer, { name, backend }) {
      demand(viewer, 'manageModels');
      await engine.remove({ name, backend }, AbortSignal.timeout(removeMs));
      models.refresh();
      log.info({ model: name, backend, user: viewer.user.id }, 'model deleted');
    },

    async close() {
      const ending = [...runs.values()];
      for (const { stop } of ending) stop.abort(new Cancelled());
      await Promise.all(ending.map(({ ended }) => ended));
      for (const stop of stops) await stop();
    },
  };
};

class Cancelled extends Error {}

const failed = (error: unknown, signal: AbortSignal): Pick<Pull, 'status' | 'error'> => {
  if (signal.aborted && signal.reason instanceof Cancelled) return { status: 'CANCELLED', error: null };
  // Administrators alone see fetches, so they see where one failed.
  const { code, operatorMessage: message } =
    error instanceof Failure ? error : engineUnavailable('The model could not be fetched. The log says why.');
  return { status: 'FAILED', error: { code, message } };
};

const byBackend = (one: { readonly backend: string | null }, other: { readonly backend: string | null }) =>
  (one.backend ?? '') < (other.backend ?? '') ? -1 : 1;

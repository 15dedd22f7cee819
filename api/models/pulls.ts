import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { demand, may } from '../access/permissions.ts';
import type { Viewer } from '../access/viewer.ts';
import type { Engine, ModelLocation } from '../engine/engine.ts';
import { engineUnavailable, Failure, notFound } from '../errors/failures.ts';
import type { Ids } from '../process/ids.ts';
import type { Bus } from '../realtime/bus.ts';
import { notify } from '../realtime/notify.ts';
import { subscribeWithRetry } from '../realtime/subscribeWithRetry.ts';
import { throttle } from '../realtime/throttle.ts';
import { checkPullName, hasEnded, type Pull } from './pull.ts';
import { type Models, withTag } from './service.ts';
import { pullCancelRequested, pullProgressed } from './topics.ts';

/** Pulls and deletes models. Administrators only. */
export interface Pulls {
  /**
   * Starts to pull a model to all backends or to one, and returns at once. Returns the running pull if this replica is
   * already pulling the model. Throws `FORBIDDEN`, `BAD_USER_INPUT`, and `CONFLICT` if too many pulls run.
   */
  start(viewer: Viewer, location: ModelLocation): Promise<Pull>;
  /** Returns the running pulls of all replicas, oldest first. Empty if the viewer may not manage models. */
  list(viewer: Viewer): readonly Pull[];
  /** Yields the progress of a pull of any replica until it ends. Throws `NOT_FOUND` if the pull is unknown. */
  watch(viewer: Viewer, id: string, signal: AbortSignal): AsyncGenerator<Pull, void, undefined>;
  /** Cancels a pull of any replica. The engine keeps the received part for the next pull. */
  cancel(viewer: Viewer, id: string): Promise<void>;
  /** Deletes a model. Throws `FORBIDDEN`, `MODEL_NOT_FOUND`, `BAD_USER_INPUT`. */
  remove(viewer: Viewer, location: ModelLocation): Promise<void>;
  /** Cancels the pulls of this replica. */
  close(): Promise<void>;
}

export interface PullsDeps {
  readonly engine: Engine;
  readonly models: Models;
  /** `MODELS_ALLOWED`: name patterns; null: all models. */
  readonly allowed: readonly string[] | null;
  readonly bus: Bus;
  readonly ids: Ids;
  readonly log: Logger;
}

/** Maximum pulls that run at once on a replica; more would only slow each other down. */
const maxRunning = 4;
/** Maximum pulls that are remembered, for watchers that come after the end. */
const maxRemembered = 100;
/** The minimum and maximum interval between two publications of a running pull, in ms. */
const publishEveryMs = 250;
const heartbeatMs = 1000;
/** How long a running pull may be silent before its replica counts as dead, in ms. */
const silenceMs = 5000;
/** The timeout of a deletion, in ms. */
const removeMs = 30_000;

/** The latest state of a pull, and when it arrived, in ms of a monotonic clock. */
interface Latest {
  readonly pull: Pull;
  readonly at: number;
}

interface Run {
  pull: Pull;
  readonly location: ModelLocation;
  readonly stop: AbortController;
  ended: Promise<void>;
}

export const createPulls = (deps: PullsDeps): Pulls => {
  const { engine, models, bus, ids, log } = deps;
  const runs = new Map<string, Run>();

  /** The pulls of all replicas, including this one. */
  const known = new Map<string, Latest>();
  const watchers = new Set<(id: string) => void>();

  const record = (pull: Pull) => {
    known.delete(pull.id);
    known.set(pull.id, { pull, at: performance.now() });
    for (const [oldest] of [...known].slice(0, Math.max(0, known.size - maxRemembered))) known.delete(oldest);
    for (const watcher of [...watchers]) watcher(pull.id);
  };

  const stops = [
    subscribeWithRetry(bus, pullProgressed, 'all', { message: record, missed: () => {} }),
    subscribeWithRetry(bus, pullCancelRequested, 'all', {
      message: ({ id }) => runs.get(id)?.stop.abort(new Cancelled()),
      missed: () => {},
    }),
  ];

  const execute = async (run: Run): Promise<void> => {
    const { model } = run.pull;
    const publish = () => notify(deps, pullProgressed, 'all', run.pull);
    const publishSoon = throttle(publishEveryMs, () => void publish());
    const heartbeat = setInterval(publishSoon, heartbeatMs);
    try {
      for await (const step of engine.pull(run.location, run.stop.signal)) {
        const others = run.pull.steps.filter(({ backend }) => backend !== step.backend);
        run.pull = { ...run.pull, steps: [...others, step].sort(byBackend) };
        publishSoon();
      }
      run.pull = { ...run.pull, status: 'COMPLETED' };
    } catch (error) {
      run.pull = { ...run.pull, ...failed(error, run.stop.signal) };
      if (!(error instanceof Failure)) log.error({ model, err: error }, 'models: pull failed');
    } finally {
      clearInterval(heartbeat);
      publishSoon.stop();
    }
    models.refresh();
    runs.delete(run.pull.id);
    record(run.pull);
    await publish();
    const { status, error } = run.pull;
    log.info({ model, status, code: error?.code }, 'models: pull ended');
  };

  return {
    async start(viewer, { name, backend }) {
      demand(viewer, 'manageModels');
      const location = { name: checkPullName(withTag(name.trim()), deps.allowed), backend };
      const running = [...runs.values()];
      const same = running.find(
        (run) => run.location.name === location.name && run.location.backend === backend,
      );
      if (same) return same.pull;
      if (running.length >= maxRunning) {
        throw new Failure(
          'CONFLICT',
          `${maxRunning} models are already being pulled. Wait until one is done, or cancel one.`,
        );
      }
      const pull: Pull = { id: ids.next(), model: location.name, status: 'RUNNING', steps: [], error: null };
      const run: Run = { pull, location, stop: new AbortController(), ended: Promise.resolve() };
      runs.set(pull.id, run);
      record(pull);
      log.info({ model: pull.model, backend, user: viewer.user.id }, 'models: pull started');
      run.ended = execute(run);
      return pull;
    },

    list(viewer) {
      if (!may(viewer, 'manageModels')) return [];
      const isRunning = ({ pull, at }: Latest) => !hasEnded(pull) && performance.now() - at < silenceMs;
      const running = [...known.values()].filter(isRunning).map(({ pull }) => pull);
      return running.sort((one, other) => (one.id < other.id ? -1 : 1));
    },

    async *watch(viewer, id, signal) {
      demand(viewer, 'manageModels');
      let wake = () => {};
      let isNew = known.has(id);
      const watcher = (changed: string) => {
        if (changed !== id) return;
        isNew = true;
        wake();
      };
      watchers.add(watcher);
      try {
        for (;;) {
          signal.throwIfAborted();
          const latest = known.get(id)?.pull;
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
            'The replica that pulled the model has stopped. Pull it again: the pull resumes where it stopped.',
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
      log.info({ model: name, backend, user: viewer.user.id }, 'models: model deleted');
    },

    async close() {
      const running = [...runs.values()];
      for (const { stop } of running) stop.abort(new Cancelled());
      await Promise.all(running.map(({ ended }) => ended));
      for (const stop of stops) await stop();
    },
  };
};

class Cancelled extends Error {}

const failed = (error: unknown, signal: AbortSignal): Pick<Pull, 'status' | 'error'> => {
  if (signal.aborted && signal.reason instanceof Cancelled) return { status: 'CANCELLED', error: null };
  // Only administrators see pulls, so they get the message with addresses.
  const { code, operatorMessage: message } =
    error instanceof Failure ? error : engineUnavailable('The pull failed. The log says why.');
  return { status: 'FAILED', error: { code, message } };
};

const byBackend = (one: { readonly backend: string | null }, other: { readonly backend: string | null }) =>
  (one.backend ?? '') < (other.backend ?? '') ? -1 : 1;

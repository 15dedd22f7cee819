import type { AuditEvent } from './auditEvent.ts';

/** How long the same refusals are counted until they are written as one, in milliseconds. */
const windowMs = 60_000;
/** How many kinds are counted apart at a time; what comes beside them is counted by action and code alone. */
const maxKinds = 500;

/**
 * Refusals of the same act to the same user from the same address. The first is written at once, those of the minute
 * after it as one with their count: so whoever tries ten thousand passwords writes a line a minute, not ten thousand.
 */
export interface FailureAggregator {
  /** The event where it is the first of its kind; null where it was counted. */
  add(event: AuditEvent): AuditEvent | null;
  /** Gives what was counted so far. */
  close(): void;
}

interface Kind {
  latest: AuditEvent;
  count: number;
  readonly isMixed: boolean;
  timer: NodeJS.Timeout;
}

/** Of those that are counted together without a look at who they are. */
const nobody = { userId: null, username: null, address: null, requestId: null };

export const createFailureAggregator = (deps: {
  /** Takes what was counted, to be given an id and the time. */
  readonly emit: (event: AuditEvent) => void;
  readonly windowMs?: number;
}): FailureAggregator => {
  const kinds = new Map<string, Kind>();

  const emit = ({ latest, count, isMixed }: Kind) => {
    const { prompt: _prompt, promptCut: _cut, ...details } = latest.details;
    deps.emit({
      ...latest,
      // What it was done to may be something else each time.
      target: null,
      targetId: null,
      details: { ...details, summed: true },
      count,
      ...(isMixed && { ...nobody, details: { summed: true } }),
    });
  };

  const arm = (key: string) =>
    setTimeout(() => {
      const kind = kinds.get(key);
      if (!kind) return;
      if (kind.count === 0) {
        kinds.delete(key);
        return;
      }
      emit(kind);
      kind.count = 0;
      kind.timer = arm(key);
    }, deps.windowMs ?? windowMs).unref();

  return {
    add(event) {
      const { action, outcome, userId, address } = event;
      const own = JSON.stringify([action, outcome, userId, address]);
      const isMixed = !kinds.has(own) && kinds.size >= maxKinds;
      const key = isMixed ? JSON.stringify([action, outcome]) : own;
      const known = kinds.get(key);
      if (!known) {
        kinds.set(key, { latest: event, count: 0, isMixed, timer: arm(key) });
        return event;
      }
      known.latest = event;
      known.count += 1;
      return null;
    },
    close() {
      for (const kind of kinds.values()) {
        clearTimeout(kind.timer);
        if (kind.count > 0) emit(kind);
      }
      kinds.clear();
    },
  };
};

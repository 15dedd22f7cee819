import type { AuditEvent } from './auditEvent.ts';

/** The window in which repeated failures are aggregated, in milliseconds. */
const windowMs = 60_000;
/** Maximum groups by user and address; further failures are grouped by action and outcome only. */
const maxGroups = 500;

/**
 * Groups failures by action, outcome, user and address. The first is recorded immediately, others of the following minute
 * as one event with their count: an attacker who tries ten thousand passwords writes one entry a minute.
 */
export interface FailureAggregator {
  /** Returns the event if it is the first of its group; null if it was only counted. */
  add(event: AuditEvent): AuditEvent | null;
  /** Emits the counted events. */
  close(): void;
}

interface Group {
  latest: AuditEvent;
  count: number;
  readonly isMixed: boolean;
  timer: NodeJS.Timeout;
}

/** The actor of a group without user and address. */
const unknownActor = { userId: null, username: null, address: null, requestId: null };

export const createFailureAggregator = (deps: {
  /** Receives an aggregated event, which still needs an id and a time. */
  readonly emit: (event: AuditEvent) => void;
  readonly windowMs?: number;
}): FailureAggregator => {
  const groups = new Map<string, Group>();

  const emit = ({ latest, count, isMixed }: Group) => {
    const { prompt: _prompt, promptCut: _cut, ...details } = latest.details;
    deps.emit({
      ...latest,
      // The targets of the aggregated events may differ.
      target: null,
      targetId: null,
      details: { ...details, summed: true },
      count,
      ...(isMixed && { ...unknownActor, details: { summed: true } }),
    });
  };

  const arm = (key: string) =>
    setTimeout(() => {
      const group = groups.get(key);
      if (!group) return;
      if (group.count === 0) {
        groups.delete(key);
        return;
      }
      emit(group);
      group.count = 0;
      group.timer = arm(key);
    }, deps.windowMs ?? windowMs).unref();

  return {
    add(event) {
      const { action, outcome, userId, address } = event;
      const own = JSON.stringify([action, outcome, userId, address]);
      const isMixed = !groups.has(own) && groups.size >= maxGroups;
      const key = isMixed ? JSON.stringify([action, outcome]) : own;
      const known = groups.get(key);
      if (!known) {
        groups.set(key, { latest: event, count: 0, isMixed, timer: arm(key) });
        return event;
      }
      known.latest = event;
      known.count += 1;
      return null;
    },
    close() {
      for (const group of groups.values()) {
        clearTimeout(group.timer);
        if (group.count > 0) emit(group);
      }
      groups.clear();
    },
  };
};

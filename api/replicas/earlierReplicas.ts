import type { EarlierReplicas } from '../generations/journal/earlierReplicas.ts';

/** The interval at which the registry is read, in ms: how late a replica of an earlier release is noticed. */
const readEveryMs = 2000;

/**
 * The time after which an earlier replica counts as ended that is no longer registered, in ms: a replica that stops
 * leaves the registry before it has finished its answers.
 */
const goneAfterMs = 10 * 60_000;

/** Watches the registry for live replicas of earlier releases. */
export const watchEarlierReplicas = (registry: {
  hasEarlier(): Promise<boolean>;
}): EarlierReplicas & { close(): void } => {
  let areLive = false;
  let seenAt = Number.NEGATIVE_INFINITY;
  const listeners = new Set<() => void>();
  const read = async () => {
    // While Redis is unavailable, the last answer holds.
    if (await registry.hasEarlier().catch(() => areLive)) seenAt = performance.now();
    const found = performance.now() - seenAt < goneAfterMs;
    if (found === areLive) return;
    areLive = found;
    for (const listener of [...listeners]) listener();
  };
  void read();
  const timer = setInterval(read, readEveryMs).unref();
  return {
    areLive: () => areLive,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => clearInterval(timer),
  };
};

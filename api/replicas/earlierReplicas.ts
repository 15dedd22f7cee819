import type { EarlierReplicas } from '../generations/journal/earlierReplicas.ts';

/** The interval at which the registry is read, in ms: how late a replica of an earlier release is noticed. */
const readEveryMs = 2000;

/** Watches the registry for live replicas of earlier releases. */
export const watchEarlierReplicas = (registry: {
  hasEarlier(): Promise<boolean>;
}): EarlierReplicas & { close(): void } => {
  let areLive = false;
  const listeners = new Set<() => void>();
  const read = async () => {
    // While Redis is unavailable, the last answer holds.
    const found = await registry.hasEarlier().catch(() => areLive);
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

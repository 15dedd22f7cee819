import type { UsageStep } from './protocol.ts';

/** Checks that each attempt that ended its generation was counted once, and no other attempt was. */
export const createUsageCheck = () => {
  const steps = new Map<string, UsageStep[]>();

  return {
    note(step: UsageStep, generationId: string, attempt: number): void {
      const key = `${generationId}, attempt ${attempt}`;
      const known = steps.get(key);
      if (known) known.push(step);
      else steps.set(key, [step]);
    },
    /** Returns a violation, or null. Reports of a replica that was killed may be missing. */
    find(): string | null {
      for (const [key, noted] of steps) {
        const counted = noted.filter((step) => step === 'counted').length;
        if (counted > 1) return `the usage of ${key} was counted ${counted} times`;
        const mayHaveEnded = noted.some((step) => step !== 'counted');
        if (counted === 1 && !mayHaveEnded) return `the usage of ${key} was counted, but it did not end`;
      }
      return null;
    },
  };
};

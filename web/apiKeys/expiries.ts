const dayMs = 24 * 60 * 60_000;

/** The lifetimes that a new key may have. */
export const expiries = [
  { days: '30', label: '30 days' },
  { days: '90', label: '90 days' },
  { days: '365', label: 'A year' },
  { days: '', label: 'Until it is revoked' },
] as const;

/** Returns when a key created now expires; null for never. */
export const endOf = (days: string, now = new Date()): string | null =>
  days === '' ? null : new Date(now.getTime() + Number(days) * dayMs).toISOString();

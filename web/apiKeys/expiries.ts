const dayMs = 24 * 60 * 60_000;

/** How long a key may be made to last. */
export const expiries = [
  { days: '30', label: '30 days' },
  { days: '90', label: '90 days' },
  { days: '365', label: 'A year' },
  { days: '', label: 'Until it is revoked' },
] as const;

/** When a key of today ends; null: it does not. */
export const endOf = (days: string, now = new Date()): string | null =>
  days === '' ? null : new Date(now.getTime() + Number(days) * dayMs).toISOString();

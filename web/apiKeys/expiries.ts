import { t } from '@lingui/core/macro';
import { inDays } from '../usage/amounts.ts';

const dayMs = 24 * 60 * 60_000;

/** The lifetimes that a new key may have. */
export const expiries = [
  { days: '30', label: () => inDays(30) },
  { days: '90', label: () => inDays(90) },
  { days: '365', label: () => t`A year` },
  { days: '', label: () => t`Until it is revoked` },
] as const;

/** Returns when a key created now expires; null for never. */
export const endOf = (days: string, now = new Date()): string | null =>
  days === '' ? null : new Date(now.getTime() + Number(days) * dayMs).toISOString();

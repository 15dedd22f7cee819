import type { Role } from '../accounts/account.ts';

/** So many within so long, whenever one begins to count. */
export interface Rate {
  readonly count: number;
  readonly windowMs: number;
}

/** Null: as many as they like. */
export type RateOfRole = Readonly<Record<Role, Rate | null>>;

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const roles: readonly Role[] = ['ADMIN', 'MEMBER', 'VIEWER'];
const mostCount = 10_000;

/** `10/1m`, or `off`. Undefined where it is neither. */
const parseRate = (text: string): Rate | null | undefined => {
  if (text === 'off') return null;
  const [, count = '', length = '', unit = ''] = /^(\d{1,5})\/(\d{0,5})([smhd])$/.exec(text) ?? [];
  const windowMs = Number(length || 1) * (unitMs[unit] ?? 0);
  const isFit =
    Number(count) >= 1 && Number(count) <= mostCount && windowMs > 0 && windowMs <= 31 * 86_400_000;
  return isFit ? { count: Number(count), windowMs } : undefined;
};

/** `10/1m` for everybody, `off`, or by role: `MEMBER=10/1m,ADMIN=off`, where who isn't named has no limit. Null where it is none of these. */
export const parseRates = (text: string): RateOfRole | null => {
  const rates: Record<Role, Rate | null> = { ADMIN: null, MEMBER: null, VIEWER: null };
  const parts = text.split(',').map((part) => part.trim());
  for (const part of parts) {
    const [name, rate] = part.includes('=') ? part.split('=', 2) : [null, part];
    const parsed = parseRate(rate ?? '');
    const named = roles.filter((role) => name === null || role === name);
    if (parsed === undefined || named.length === 0 || (name === null && parts.length > 1)) return null;
    for (const role of named) rates[role] = parsed;
  }
  return rates;
};

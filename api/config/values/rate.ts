/** At most `count` events within any span of `windowMs` milliseconds. */
export interface Rate {
  readonly count: number;
  readonly windowMs: number;
}

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const maxCount = 10_000;

/** Parses a rate such as `10/1m`. Returns null if the text is none. */
export const parseRate = (text: string): Rate | null => {
  const [, count = '', length = '', unit = ''] = /^(\d{1,5})\/(\d{0,5})([smhd])$/.exec(text) ?? [];
  const windowMs = Number(length || 1) * (unitMs[unit] ?? 0);
  const isValid =
    Number(count) >= 1 && Number(count) <= maxCount && windowMs > 0 && windowMs <= 31 * 86_400_000;
  return isValid ? { count: Number(count), windowMs } : null;
};

/** Formats bytes in decimal units, as disk sizes are: `4.7 GB`. */
export const inBytes = (bytes: number): string => {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  const value = bytes / 1000 ** power;
  return value.toLocaleString('en', {
    style: 'unit',
    unit: units[power] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: power > 2 ? 1 : 0,
  });
};

/** Formats tokens as context lengths are usually named: `128K` for 131072. */
export const inTokens = (tokens: number): string =>
  tokens >= 1024 ? `${Math.round(tokens / 1024)}K` : `${tokens}`;

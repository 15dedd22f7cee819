const units = [
  ['GB', 1e9],
  ['MB', 1e6],
  ['KB', 1e3],
] as const;

/** Formats a size for people, such as `1.5 MB`. */
export const describeBytes = (bytes: number): string => {
  const [unit, size] = units.find(([, unitBytes]) => bytes >= unitBytes) ?? ['bytes', 1];
  return `${(bytes / size).toLocaleString('en', { maximumFractionDigits: 1 })} ${unit}`;
};

/** Returns the length of a text in UTF-8, in bytes. */
export const bytesOfText = (text: string | null | undefined): number => Buffer.byteLength(text ?? '');

/** Parses a size such as `200MB`, in decimal units. Returns bytes, or null if the text is no size. */
export const parseBytes = (text: string): number | null => {
  const [, count = '', unit = ''] = /^(\d{1,9})(KB|MB|GB|TB)$/i.exec(text) ?? [];
  const size = { KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 }[unit.toUpperCase()];
  return size === undefined ? null : Number(count) * size;
};

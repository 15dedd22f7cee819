const maxDays = 36_500;

/** Parses a number of days. Returns null if the text is none. */
export const parseDays = (text: string): number | null => {
  const days = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return days >= 1 && days <= maxDays ? days : null;
};

/** Characters that occur in formulas and rarely between brackets or dollar signs of prose. */
const mathematical = /[\\^_=+<>{}|*/]/;

/** Words that name functions in formulas. */
const functions = /\b(?:arccos|arcsin|arctan|cos|cot|det|exp|gcd|inf|lim|ln|log|max|min|mod|sin|sup|tan)\b/g;

/**
 * Whether the text between two single dollar signs is a formula. Prices and shell variables are not: `5 and another 10`,
 * `PATH. A 5`, `HOME/`.
 */
export const isDollarFormula = (text: string): boolean => {
  if (/^\s|\s$/.test(text) || text === '') return false;
  if (/[\\^={}]/.test(text)) return true;
  // A variable of the shell, followed by anything else than the end.
  if (/^[A-Z_][A-Z0-9_]+[^A-Z0-9_]/.test(text)) return false;
  return !/\p{L}{2,}[.,;:!?]?\s/u.test(text.replace(functions, ''));
};

/** Whether the text between `\[` and `\]` within a line is a formula, and not a bracket, such as `\[1\]` or `\[sic\]`. */
export const isBracketFormula = (text: string): boolean => {
  const inner = text.trim();
  if (inner === '' || /^\d+(?:\s*[,;–-]\s*\d+)*$/.test(inner)) return false;
  if (mathematical.test(inner) || /^\p{L}'?$/u.test(inner)) return true;
  return /^\s/.test(text) && /\s$/.test(text);
};

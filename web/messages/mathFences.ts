/** Matches code, fenced or inline, which is left unchanged: a `$` in code is a dollar sign. */
const code =
  /(^(?<fence>`{3,}|~{3,})[^\n]*\n[\s\S]*?(?:^\k<fence>[^\n]*$|(?![\s\S]))|(?<ticks>`+)(?!`)[^\n]*?[^`]\k<ticks>(?!`))/gm;

/**
 * Rewrites formulas for the Markdown parser: models write `\(x\)`, `\[x\]` and `$x$`, the parser knows `$$x$$`. A single
 * `$` delimits a formula only without inner spaces and without a following digit, so `from $5 to $10` stays text.
 */
export const withMathFences = (markdown: string): string => {
  if (!/[$\\]/.test(markdown)) return markdown;
  let result = '';
  let end = 0;
  for (const match of markdown.matchAll(code)) {
    result += fenced(markdown.slice(end, match.index)) + match[0];
    end = match.index + match[0].length;
  }
  return result + fenced(markdown.slice(end));
};

const fenced = (prose: string): string =>
  prose
    .replace(/\\\[([\s\S]+?)\\\]/g, (_, formula: string) => `\n$$\n${formula.trim()}\n$$\n`)
    .replace(/\\\((.+?)\\\)/g, (_, formula: string) => `$$${formula.trim()}$$`)
    .replace(
      /(?<![\\$\w])\$(?![\s$])([^$\n]*?[^\s$\\])\$(?![\d$])/g,
      (_, formula: string) => `$$${formula}$$`,
    );

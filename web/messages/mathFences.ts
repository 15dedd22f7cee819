/** Code, in fences or in line, is left as it is: a `$` in it is a `$`. */
const code =
  /(^(?<fence>`{3,}|~{3,})[^\n]*\n[\s\S]*?(?:^\k<fence>[^\n]*$|(?![\s\S]))|(?<ticks>`+)(?!`)[^\n]*?[^`]\k<ticks>(?!`))/gm;

/**
 * Models write mathematics as `\(x\)`, `\[x\]` and `$x$`; the Markdown parser knows `$$x$$`. A single `$` counts only
 * where no space is inside of it and no digit follows, so that `from $5 to $10` stays a sum of money.
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

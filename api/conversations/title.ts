const longest = 60;

/** A conversation's first title: the first line of its first prompt, cut between words to at most 60 characters. */
export const titleOf = (prompt: string): string => {
  const [line = ''] = prompt.trim().split('\n');
  const text = line.replace(/\s+/g, ' ').trim();
  if (text.length <= longest) return text;
  const cut = text.slice(0, longest);
  const space = cut.lastIndexOf(' ');
  const kept = space > longest / 2 ? cut.slice(0, space) : cut.replace(/[\uD800-\uDBFF]$/, '');
  return `${kept.replace(/[\s,;:.–-]+$/, '')}…`;
};

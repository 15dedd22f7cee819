const maxLength = 60;

/** Returns a conversation's first title: the first line of its prompt, cut between words to at most 60 characters. */
export const titleOf = (prompt: string): string => {
  const [line = ''] = prompt.trim().split('\n');
  const text = line.replace(/\s+/g, ' ').trim();
  if (text.length <= maxLength) return text;
  const cut = text.slice(0, maxLength);
  const space = cut.lastIndexOf(' ');
  const kept = space > maxLength / 2 ? cut.slice(0, space) : cut.replace(/[\uD800-\uDBFF]$/, '');
  return `${kept.replace(/[\s,;:.–-]+$/, '')}…`;
};

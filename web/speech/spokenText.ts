/** The longest part that is spoken at once, in characters: some browsers stop in the middle of longer ones. */
const maxPartLength = 240;

/** Returns Markdown as text to read aloud, without marks, addresses and code. */
export const spokenText = (markdown: string): string =>
  markdown
    .replace(/^ {0,3}(`{3,}|~{3,})[^\n]*\n[\s\S]*?(?:^ {0,3}\1[^\n]*$|(?![\s\S]))/gm, 'Code.')
    .replace(/!?\[([^\]\n]*)\]\([^)\n]*\)/g, '$1')
    .replace(/\[\^[^\]\n]+\]:?/g, '')
    .replace(/^\s*\|?[\s:|-]+\|[\s:|-]*$/gm, '')
    .replace(/^ {0,3}(?:#{1,6}|>+|[-*+]|\d{1,9}[.)])\s+(?:\[[ xX]\]\s+)?/gm, '')
    .replace(/(\*{1,3}|~~)([^\s*~](?:[^*~\n]*[^\s*~])?)\1/g, '$2')
    .replace(/(?<!\w)_{1,3}([^\s_](?:[^_\n]*[^\s_])?)_{1,3}(?!\w)/g, '$1')
    .replace(/`+([^`\n]+)`+/g, '$1')
    .replace(/^\s*\|(.*)\|\s*$/gm, '$1')
    .replace(/\s*\|\s*/g, ', ')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/\s*\n\s*/g, '\n')
    .trim();

/** Splits text into parts that are spoken one after the other, at ends of sentences where possible. */
export const spokenParts = (text: string): readonly string[] => {
  const parts: string[] = [];
  for (const line of text.split('\n')) {
    for (let rest = line.trim(); rest !== ''; ) {
      const end = rest.length <= maxPartLength ? rest.length : endOfPart(rest);
      parts.push(rest.slice(0, end).trim());
      rest = rest.slice(end).trim();
    }
  }
  return parts;
};

/** Returns where a part of a long text ends: after its last sentence, clause or word that fits. */
const endOfPart = (text: string): number => {
  const window = text.slice(0, maxPartLength);
  for (const ends of [/[.!?…。！？]["')\]”’]*\s/g, /[,;:،，]\s/g, /\s/g]) {
    const last = [...window.matchAll(ends)].at(-1);
    if (last) return last.index + last[0].length;
  }
  // Not between the two units of a character outside of the basic plane.
  return /[\uD800-\uDBFF]$/.test(window) ? maxPartLength - 1 : maxPartLength;
};

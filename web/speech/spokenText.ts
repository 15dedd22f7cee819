import { t } from '@lingui/core/macro';

/** The longest part that is spoken at once, in characters: some browsers stop in the middle of longer ones. */
const maxPartLength = 240;

/** The longest line whose marks are looked for, in characters: the time for that grows with its square. */
const maxMarkedLength = 2_000;

/** Returns Markdown as text to read aloud, without marks, addresses and code. */
export const spokenText = (markdown: string): string => {
  const lines: string[] = [];
  let fence: string | null = null;
  for (const line of markdown.split('\n')) {
    const mark: string | undefined = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence !== null) {
      if (mark?.startsWith(fence)) fence = null;
    } else if (mark) {
      fence = mark;
      lines.push(
        t({ message: 'Code.', comment: 'Said instead of a block of code while an answer is read aloud' }),
      );
    } else lines.push(line.length > maxMarkedLength ? line.replace(/[*`~|]/g, ' ') : spokenLine(line));
  }
  return lines
    .map((line) => line.split(/\s+/).join(' ').trim())
    .filter((line) => line !== '')
    .join('\n');
};

const spokenLine = (line: string): string => {
  if (/^[\s:|-]+$/.test(line)) return '';
  return line
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\[\^[^\]]+\]:?/g, '')
    .replace(/^ {0,3}(?:#{1,6}|>+|[-*+]|\d{1,9}[.)])\s+(?:\[[ xX]\]\s+)?/, '')
    .replace(/(\*{1,3}|~~)([^\s*~](?:[^*~]*[^\s*~])?)\1/g, '$2')
    .replace(/(?<!\w)_{1,3}([^\s_](?:[^_]*[^\s_])?)_{1,3}(?!\w)/g, '$1')
    .replace(/`+([^`]+)`+/g, '$1')
    .trim()
    .replace(/^\|(.*)\|$/, '$1')
    .trim()
    .replaceAll('|', ',')
    .replaceAll(' ,', ',');
};

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

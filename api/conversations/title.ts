import { cutText } from '../text/cutText.ts';

const maxLength = 60;
/** The part of a prompt that is read, in UTF-16 units: a prompt may have a million. */
const maxRead = 4096;

/** Returns a conversation's first title: the first line of its prompt, cut between words to at most 60 characters. */
export const titleOf = (prompt: string): string => {
  const [line = ''] = prompt.trimStart().slice(0, maxRead).trimEnd().split('\n', 1);
  const text = line.replace(/\s+/g, ' ').trim();
  if (text.length <= maxLength) return text;
  const cut = text.slice(0, maxLength);
  const space = cut.lastIndexOf(' ');
  const kept = space > maxLength / 2 ? cut.slice(0, space) : cutText(text, maxLength);
  return `${kept.replace(/[\s,;:.–-]+$/, '')}…`;
};

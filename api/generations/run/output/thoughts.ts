import type { AnswerText } from '../../answerSource.ts';

const openTag = '<think>';
const closeTag = '</think>';

export interface ThoughtSplitter {
  /** Splits the next text of an answer. Holds back what may be the beginning of a tag. */
  split(text: string): AnswerText;
  /** Returns what was held back, at the end of the answer. */
  end(): AnswerText;
}

/**
 * Separates the thoughts that a model writes between `<think>` tags before its answer, because its engine doesn't know that it
 * thinks. Tags elsewhere are text. `textSoFar` is the answer of earlier attempts: after text, no thoughts follow.
 */
export const createThoughtSplitter = (textSoFar: string): ThoughtSplitter => {
  let state: 'start' | 'thinking' | 'gap' | 'text' = textSoFar === '' ? 'start' : 'text';
  let held = '';

  const split = (added: string): AnswerText => {
    if (state === 'text') return { text: added, thinking: '' };
    held += added;
    if (state === 'start') {
      const begun = held.trimStart();
      if (begun.length < openTag.length && openTag.startsWith(begun)) return { text: '', thinking: '' };
      if (!begun.startsWith(openTag)) return rest('text');
      held = begun.slice(openTag.length);
      state = 'thinking';
    }
    let thinking = '';
    if (state === 'thinking') {
      const end = held.indexOf(closeTag);
      const until = end >= 0 ? end : held.length - partOfTag(held);
      thinking = held.slice(0, until);
      held = held.slice(end >= 0 ? end + closeTag.length : until);
      if (end < 0) return { text: '', thinking };
      state = 'gap';
    }
    const text = held.trimStart();
    held = '';
    if (text !== '') state = 'text';
    return { text, thinking };
  };

  const rest = (next: 'text'): AnswerText => {
    const text = held;
    held = '';
    state = next;
    return { text, thinking: '' };
  };

  return {
    split,
    end() {
      const left = held;
      held = '';
      return state === 'thinking' ? { text: '', thinking: left } : { text: left, thinking: '' };
    },
  };
};

/** Returns the length of the beginning of a closing tag at the end of a text. */
const partOfTag = (text: string): number => {
  for (let length = Math.min(closeTag.length - 1, text.length); length > 0; length -= 1) {
    if (closeTag.startsWith(text.slice(-length))) return length;
  }
  return 0;
};

import { titleOf } from '../../conversations/title.ts';
import type { EngineMessage } from '../../engine/engine.ts';
import { cutText } from '../../text/cutText.ts';

/** Maximum length of the question and of the answer in the prompt, in UTF-16 units. */
const excerptLength = 1_000;

/** Maximum tokens of a title. */
export const titleTokens = 24;

const excerptOf = (text: string): string =>
  text.length <= excerptLength ? text : `${cutText(text, excerptLength)}…`;

/** Returns the prompt for a title. */
export const titlePrompt = (question: string, answer: string): readonly EngineMessage[] => [
  {
    role: 'system',
    content:
      'You write titles for conversations: at most six words, in the language of the conversation, without quotation marks and without a full stop. Answer with the title only.',
  },
  {
    role: 'user',
    content: `Question:\n${excerptOf(question)}\n\nAnswer:\n${excerptOf(answer)}\n\nTitle of this conversation:`,
  },
];

/** Returns the title in a model's answer, or null if there is none. */
export const titleIn = (text: string): string | null => {
  const [line = ''] = text
    .replace(/<think>[\s\S]*?(<\/think>|$)/g, '')
    .trim()
    .split('\n');
  const bare = line.replace(/^(?:title|titel)\s*:/i, '').replace(/^[\s#*_"'“”„«»`]+|[\s*_"'“”„«»`.]+$/g, '');
  return /[\p{L}\p{N}]/u.test(bare) ? titleOf(bare) : null;
};

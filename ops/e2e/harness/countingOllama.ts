import { startOllamaStandin } from '../../../api/engine/standin/standin.ollama.ts';
import type { StandinScript } from '../../../api/engine/standin/standinChat.ollama.ts';

/**
 * A stand-in for Ollama in its own process, which tests kill, hang and restart: `node countingOllama.ts PORT
 * TOKENS_PER_SECOND`. Its answer to `… to 500` is `0 1 2 … 499 `, and it continues a partial answer, so that the whole
 * text is predictable. The answer to `… to 500, labelled` is `7.0 7.1 … 7.499 ` in its seventh answer, so that a text which is
 * mixed of two answers can be told from each of them. It prints its URL, then one line with each question when it starts to answer it.
 */
const [port = '0', tokensPerSecond = '100'] = process.argv.slice(2);

interface ChatMessage {
  readonly role: string;
  readonly content: string;
}

let answers = 0;

/** Continues after the last whole token of `begun`, and completes no partial one. */
const labelled = (count: number, begun: string): readonly string[] => {
  const from = begun.split(' ').length - 1;
  return Array.from({ length: count - from }, (_, index) => `${answers}.${from + index} `);
};

const chat = (body: Readonly<Record<string, unknown>>): StandinScript => {
  const messages = body.messages as readonly ChatMessage[];
  const question = messages.findLast(({ role }) => role === 'user')?.content ?? '';
  const last = messages.at(-1);
  const begun = last?.role === 'assistant' ? last.content : '';
  process.stdout.write(`${question}\n`);
  answers += 1;
  const count = Number(/to (\d+)/.exec(question)?.[1] ?? 100);
  if (question.includes('labelled')) {
    return { tokens: labelled(count, begun), tokensPerSecond: Number(tokensPerSecond) };
  }
  const whole = Array.from({ length: count }, (_, index) => `${index} `);
  let left = begun.length;
  const tokens = whole.flatMap((token) => {
    const cut = Math.min(left, token.length);
    left -= cut;
    return cut === token.length ? [] : [token.slice(cut)];
  });
  return {
    tokens,
    tokensPerSecond: Number(tokensPerSecond),
    ...(question.includes('half a line') && begun === ''
      ? { fault: { kind: 'broken line', after: 20 } }
      : {}),
  };
};

const { url } = await startOllamaStandin({ chat }, Number(port));
process.stdout.write(`${url}\n`);

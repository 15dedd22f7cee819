import type { AnswerEnd, AnswerPart } from './answer.openai.ts';

/**
 * Removes the beginning of an answer that repeats the partial message which it continues: llama.cpp's server sends it
 * again, other servers don't.
 */
export async function* withoutEcho(
  parts: AsyncGenerator<AnswerPart, AnswerEnd, undefined>,
  partial: string,
): AsyncGenerator<AnswerPart, AnswerEnd, undefined> {
  let held: string | null = partial === '' ? null : '';
  for (;;) {
    const next = await parts.next();
    if (next.done) {
      if (held) yield { type: 'text', text: held };
      return next.value;
    }
    const part = next.value;
    if (held === null || part.type !== 'text') {
      yield part;
      continue;
    }
    held += part.text;
    if (held.length < partial.length && partial.startsWith(held)) continue;
    const text = held.startsWith(partial) ? held.slice(partial.length) : held;
    held = null;
    if (text !== '') yield { type: 'text', text };
  }
}

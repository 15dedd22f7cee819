import type { Client } from '../public.ts';
import { type Arguments, UsageError } from './arguments.ts';
import { printAnswer, summary } from './print.ts';
import { notice, readAll, type Streams } from './streams.ts';

/** The maximum length of a question, in UTF-16 code units: more than any model reads. */
const maxQuestionLength = 4 * 1024 * 1024;

/** Asks one question: the command line's, or all of standard input. An abort cancels the answer. */
export const askOnce = async (
  { question, model, system, conversationId }: Arguments,
  client: Client,
  streams: Streams,
  signal: AbortSignal,
): Promise<void> => {
  const prompt = question ?? (await readAll(streams, maxQuestionLength));
  if (prompt.trim() === '')
    throw new UsageError('There is no question. Say it, or send it to standard input.');
  const answer = client.chat({ prompt, model, systemPrompt: system, conversationId, signal });
  const result = await printAnswer(streams, answer);
  if (streams.isSeen) notice(streams, summary(result));
};

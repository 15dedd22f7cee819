import { hasCode } from '../errors.ts';
import { type Answer, type Client, ZiggieError } from '../public.ts';
import type { Arguments } from './arguments.ts';
import { obey, type Setting } from './commands.ts';
import type { Line } from './line.ts';
import { printAnswer, summary } from './print.ts';
import { notice, type Streams } from './streams.ts';

/** Runs the dialogue until the user leaves. */
export const converse = async (
  { url, model, system, conversationId }: Arguments,
  client: Client,
  streams: Streams,
  line: Line,
): Promise<void> => {
  const setting: Setting = { model, conversationId };
  let answering: Answer | null = null;
  let stopping: Promise<void> | null = null;
  line.onInterrupt(() => {
    if (answering && !stopping) stopping = stop(answering, streams);
    else if (answering || !line.clear()) {
      answering?.detach();
      line.close();
    }
  });

  const ask = async (prompt: string): Promise<void> => {
    stopping = null;
    answering = client.chat({
      prompt,
      conversationId: setting.conversationId,
      model: setting.model,
      ...(setting.conversationId === null && { systemPrompt: system }),
    });
    try {
      setting.conversationId = (await answering.started).conversationId;
      notice(streams, summary(await printAnswer(streams, answering)));
    } finally {
      answering = null;
    }
  };

  const viewer = await client.viewer();
  notice(streams, `${viewer?.username} at ${url}. /help says what can be done.`);
  for (;;) {
    const text = await line.ask('> ');
    if (text === null) break;
    if (text.trim() === '') continue;
    try {
      if (!text.startsWith('/')) await ask(text);
      else if (text.startsWith('//')) await ask(text.slice(1));
      else if (!(await obey(text, setting, client, streams))) break;
    } catch (error) {
      if (!hasCode(error, 'DETACHED')) notice(streams, wordsOf(error));
    }
  }
  // Leaving during an answer cancels it.
  await stopping;
  if (setting.conversationId !== null) {
    notice(streams, `To go on later: --conversation ${setting.conversationId}`);
  }
};

const stop = async (answer: Answer, streams: Streams): Promise<void> => {
  try {
    await answer.cancel();
  } catch (error) {
    notice(streams, wordsOf(error));
  }
};

/** Throws unexpected errors. */
const wordsOf = (error: unknown): string => {
  if (error instanceof ZiggieError) return error.message;
  throw error;
};

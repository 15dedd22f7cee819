import { once } from 'node:events';
import type { Answer, AnswerEvent, Client } from '../../client/public.ts';
import { adminPassword } from '../e2e/harness/process.ts';

export const credentials = { username: 'admin', password: adminPassword };
export const tokensPerSecond = 200;

/** Reads the text of an answer, and calls back for each new part. */
export const reading = (answer: Answer) => {
  const arrivals = new EventTarget();
  let text = '';
  const all = (async () => {
    for await (const delta of answer) {
      text += delta;
      arrivals.dispatchEvent(new Event('text'));
    }
    return text;
  })();
  all.catch(() => {});
  return {
    all,
    async until(length: number) {
      while (text.length < length) await once(arrivals, 'text');
    },
  };
};

export const eventsOf = async (answer: Answer): Promise<readonly AnswerEvent[]> => {
  const events: AnswerEvent[] = [];
  for await (const event of answer.events()) events.push(event);
  return events;
};

/** Returns the text that results from the events. */
export const textOf = (events: readonly AnswerEvent[]): string =>
  events.reduce(
    (text, event) => (event.type === 'text' ? text.slice(0, event.offset) + event.delta : text),
    '',
  );

/** Resolves to the stored answer, once it has ended. */
export const stored = async (client: Client, answer: Answer): Promise<string | undefined> => {
  const { conversationId } = await answer.started;
  return (await client.messages(conversationId ?? '')).items.at(-1)?.content;
};

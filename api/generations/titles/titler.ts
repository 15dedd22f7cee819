import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { ConversationStore } from '../../conversations/store/store.ts';
import type { DueTitle } from '../../conversations/store/titles.ts';
import { conversationChanged } from '../../conversations/topics.ts';
import type { Engine } from '../../engine/engine.ts';
import type { MessageStore } from '../../messages/store.ts';
import type { Bus } from '../../realtime/bus.ts';
import { notify } from '../../realtime/notify.ts';
import type { Queue } from '../queue/queue.ts';
import type { GenerationStore } from '../store/store.ts';
import { titleIn, titlePrompt, titleTokens } from './titleText.ts';

export interface TitlerDeps {
  readonly conversations: ConversationStore;
  readonly messages: Pick<MessageStore, 'path'>;
  readonly generations: Pick<GenerationStore, 'find'>;
  readonly engine: Pick<Engine, 'generate' | 'models' | 'slots'>;
  readonly queue: Pick<Queue, 'waitingPeopleCount'>;
  /** The generations that this process runs. */
  readonly activeRuns: { peopleCount(): number };
  readonly bus: Bus;
  readonly clock: () => Date;
  readonly log: Logger;
  /** The interval between two looks at the queue, in ms. Default 2,000. */
  readonly intervalMs?: number;
}

/** How often a title is tried, how long after a failure, and after a generation interrupted it, in ms. */
const maxTries = 20;
const retryMs = 60_000;
const interruptedMs = 5_000;

/** Maximum time of one title, in ms. Another worker retries it later. */
const titleMs = 45_000;

/** The interval at which a running title makes way for a generation, in ms. */
const yieldMs = 200;

/**
 * Writes the titles of conversations with the model that answered first, one at a time, only while no person's generation
 * waits or runs here: those in the background may take hours. Titles count against no user's quota, rate or running limit.
 * Returns a function that stops.
 */
export const startTitler = (deps: TitlerDeps): (() => Promise<void>) => {
  const stopped = new AbortController();
  const { signal } = stopped;
  const { intervalMs = 2_000 } = deps;

  const isIdle = async () =>
    deps.engine.slots > 0 &&
    deps.activeRuns.peopleCount() === 0 &&
    (await deps.queue.waitingPeopleCount()) === 0;

  const run = async () => {
    while (!signal.aborted) {
      try {
        while (!signal.aborted && (await isIdle()) && (await writeNext(deps, signal)));
      } catch (error) {
        deps.log.debug({ err: error }, 'titles: failed, retrying');
      }
      await sleep(intervalMs, undefined, { signal, ref: false }).catch(() => {});
    }
  };
  const running = run();
  return () => {
    stopped.abort();
    return running;
  };
};

const later = ({ clock }: TitlerDeps, ms: number): Date => new Date(clock().getTime() + ms);

/** Writes the title that is due next. Resolves to whether there was one. */
const writeNext = async (deps: TitlerDeps, signal: AbortSignal): Promise<boolean> => {
  const { conversations, log } = deps;
  const due = await conversations.claimTitle(deps.clock(), later(deps, retryMs));
  if (due === null) return false;
  const { id, ownerId, tries } = due;
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort(new Error('a person waits'));
  const timer = setInterval(() => {
    if (deps.activeRuns.peopleCount() > 0) interrupt();
    // Behind an input of a batch, which may itself wait for this title.
    else
      deps.queue.waitingPeopleCount().then(
        (count) => count > 0 && interrupt(),
        () => {},
      );
  }, yieldMs);
  try {
    const limited = AbortSignal.any([signal, interrupted.signal, AbortSignal.timeout(titleMs)]);
    await end(deps, due, await write(deps, due, limited));
  } catch (error) {
    if (interrupted.signal.aborted) await conversations.delayTitle(ownerId, id, later(deps, interruptedMs));
    else if (tries >= maxTries) await end(deps, due, null);
    log.debug({ conversation: id, tries, err: error }, 'titles: not written');
  } finally {
    clearInterval(timer);
  }
  return true;
};

/** Returns the title, or null if the conversation has no answer or the model wrote none. */
const write = async (deps: TitlerDeps, { id, ownerId }: DueTitle, signal: AbortSignal) => {
  const conversation = await deps.conversations.find(ownerId, id);
  if (!conversation?.leafId) return null;
  const page = { direction: 'forward', size: 2, after: null, before: null } as const;
  const { items } = await deps.messages.path(ownerId, conversation.leafId, page);
  const [question, answer] = items;
  if (question?.role !== 'USER' || answer?.role !== 'ASSISTANT' || !answer.generationId) return null;
  const generation = await deps.generations.find(ownerId, answer.generationId);
  if (!generation) return null;
  const models = await deps.engine.models(signal);
  const model = models.find(({ name }) => name === generation.model);
  if (!model) return null;
  let text = '';
  const chunks = deps.engine.generate(
    {
      model: model.name,
      messages: titlePrompt(question.content, answer.content),
      options: { temperature: 0.3, maxTokens: titleTokens },
      ...(model.capabilities.includes('thinking') && { think: false }),
    },
    signal,
  );
  for await (const chunk of chunks) if (chunk.type === 'text') text += chunk.text;
  return titleIn(text);
};

const end = async (deps: TitlerDeps, { id, ownerId }: DueTitle, title: string | null): Promise<void> => {
  const changed = await deps.conversations.endTitle(ownerId, id, title);
  if (!changed || title === null) return;
  await notify(deps, conversationChanged, ownerId, {
    kind: 'UPDATED',
    conversationId: id,
    messageIds: [],
  });
};

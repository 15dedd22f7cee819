import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { MessageStore } from '../messages/store.ts';
import type { Piece } from './flusher.ts';
import type { Generation, GenerationPatch } from './generation.ts';
import type { GenerationStore } from './store.ts';

/** The text is saved this often while it grows, in milliseconds: what a crash may cost. */
const everyMs = 1000;

/** How long the end of a generation is tried to be saved, and how long the longest wait between two tries, in milliseconds. */
const persistMs = 10 * 60_000;
const longestWaitMs = 5000;

/**
 * Keeps a generation's text in the store: about once a second while it grows, and all of it at the end. Outside of
 * conversations only the final state is written.
 */
export interface Saver {
  /** Takes note; writes when it is time. A store that is away costs nothing but the save. */
  save(written: Piece): void;
  /** Text first, then the final state, however often that has to be tried. */
  finish(text: string, patch: GenerationPatch): Promise<void>;
  /** Writes no more: another worker does. */
  abandon(): void;
}

export const createSaver = (
  deps: {
    readonly generations: GenerationStore;
    readonly messages: MessageStore;
    readonly log: Logger;
  },
  generation: Generation,
  alreadySaved: string,
): Saver => {
  const { id, ownerId, messageId, attempt } = generation;
  let saved = alreadySaved;
  let savedThinking = generation.thinking ?? '';
  let latest = { text: saved, thinking: savedThinking };
  let timer: NodeJS.Timeout | null = null;
  let underWay: Promise<void> = Promise.resolve();

  const setContent = async (text: string) => {
    if (messageId !== null && text !== saved) await deps.messages.setContent(ownerId, messageId, text);
    saved = text;
  };

  const write = async () => {
    const { text, thinking } = latest;
    await setContent(text);
    if (thinking !== savedThinking) await deps.generations.transition(id, ['RUNNING'], { thinking }, attempt);
    savedThinking = thinking;
  };

  return {
    save(written) {
      if (messageId === null) return;
      latest = written;
      timer ??= setTimeout(() => {
        underWay = write()
          .catch((error: unknown) =>
            deps.log.warn({ generation: id, err: error }, 'text not saved; trying again'),
          )
          .finally(() => {
            timer = null;
          });
      }, everyMs);
    },
    abandon() {
      if (timer) clearTimeout(timer);
    },
    async finish(text, patch) {
      if (timer) clearTimeout(timer);
      await underWay;
      const giveUpAt = performance.now() + persistMs;
      for (let wait = 50; ; wait = Math.min(wait * 2, longestWaitMs)) {
        try {
          // A worker that was thought dead must not write over what the one after it made.
          if (!(await deps.generations.transition(id, ['RUNNING'], {}, attempt))) return;
          await setContent(text);
          await deps.generations.transition(id, ['RUNNING'], patch, attempt);
          return;
        } catch (error) {
          if (performance.now() > giveUpAt) throw error;
          deps.log.warn({ generation: id, err: error }, 'end of a generation not saved; trying again');
          await sleep(wait * (0.5 + Math.random() / 2));
        }
      }
    },
  };
};

import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import type { MessageStore } from '../../../messages/store.ts';
import { type Generation, type GenerationPatch, isFinal } from '../../generation.ts';
import type { GenerationStore } from '../../store/store.ts';
import type { Piece } from './flush.ts';
import { TakenOver } from './takenOver.ts';

/** The interval between two saves while the text grows, in milliseconds: what a crash may cost. */
const everyMs = 1000;

/** How long saving the end of a generation is retried, and the longest pause between two tries, in milliseconds. */
const persistMs = 10 * 60_000;
const maxWaitMs = 5000;

/** `superseded`: another worker has the generation, or it has ended otherwise; nothing was changed. */
export type SaveOutcome = 'saved' | 'superseded';

/**
 * Saves a generation's text to the store: about once a second while it grows, and all of it at the end. Outside of
 * conversations only the final state is written. Each write carries the attempt, and the store refuses it once a higher
 * one has begun.
 */
export interface Saver {
  /** Notes the text, and saves it when it is time. Throws `TakenOver` once the store has refused a save. */
  save(written: Piece): void;
  /**
   * Saves the text, then the final state, and retries while the store is unavailable. A crash between the two leaves a
   * running generation with all of its text, which recovery takes over.
   */
  finish(text: string, patch: GenerationPatch): Promise<SaveOutcome>;
  /** Saves no more: another worker does. Resolves when no save is in flight. */
  abandon(): Promise<void>;
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
  const { generations, messages } = deps;
  let savedText = alreadySaved;
  let savedThinking = generation.thinking ?? '';
  let latest: Piece = { text: savedText, thinking: savedThinking };
  let timer: NodeJS.Timeout | null = null;
  let inFlight: Promise<void> = Promise.resolve();
  let isStopped = false;
  let isSuperseded = false;

  const saveText = async (text: string): Promise<void> => {
    if (messageId === null || text === savedText) return;
    const isSaved = await messages.setContent(ownerId, messageId, { generationId: id, attempt }, text);
    if (isSaved) savedText = text;
    // A message that was deleted has no text to save; what becomes of its generation the store decides.
    else isSuperseded ||= !(await generations.transition(id, ['RUNNING'], {}, attempt));
  };

  const saveLatest = async (): Promise<void> => {
    const { text, thinking } = latest;
    await saveText(text);
    if (thinking === savedThinking || isSuperseded) return;
    isSuperseded = !(await generations.transition(id, ['RUNNING'], { thinking }, attempt));
    if (!isSuperseded) savedThinking = thinking;
  };

  const schedule = () => {
    if (isStopped || isSuperseded) return;
    timer ??= setTimeout(() => {
      const saving = latest;
      let isFailed = false;
      inFlight = saveLatest()
        .catch((error: unknown) => {
          isFailed = true;
          deps.log.warn({ generation: id, err: error }, 'generation: text not saved, retrying');
        })
        .finally(() => {
          timer = null;
          if (isFailed || latest !== saving) schedule();
        });
    }, everyMs);
  };

  const stop = (): Promise<void> => {
    isStopped = true;
    if (timer) clearTimeout(timer);
    return inFlight;
  };

  /**
   * Whether an earlier try that failed has ended this attempt after all: its answer may have been lost after the row was
   * changed. Nobody else ends this attempt.
   */
  const hasEnded = async (patch: GenerationPatch): Promise<boolean> => {
    const left = await generations.findAnyOwner(id);
    // Deleted meanwhile: nothing says any more whether this attempt ended it.
    if (!left) return false;
    if (left.attempt === attempt) return isFinal(left.status);
    // After this end it may have been continued, which queues it anew; a takeover doesn't.
    const isContinued = left.queuedAt.getTime() !== generation.queuedAt.getTime();
    return isContinued && isDeepStrictEqual(left.usage, patch.usage);
  };

  return {
    save(written) {
      if (isSuperseded) throw new TakenOver();
      if (messageId === null) return;
      latest = written;
      schedule();
    },
    abandon: stop,
    async finish(text, patch) {
      await stop();
      const giveUpAt = performance.now() + persistMs;
      let isUncertain = false;
      for (let wait = 50; ; wait = Math.min(wait * 2, maxWaitMs)) {
        try {
          await saveText(text);
          // Decides whatever became of the text: a higher attempt in the message is one in the generation too.
          if (await generations.transition(id, ['RUNNING'], patch, attempt)) return 'saved';
          return isUncertain && (await hasEnded(patch)) ? 'saved' : 'superseded';
        } catch (error) {
          isUncertain = true;
          if (performance.now() > giveUpAt) throw error;
          deps.log.warn({ generation: id, err: error }, 'generation: end not saved, retrying');
          await sleep(wait * (0.5 + Math.random() / 2));
        }
      }
    },
  };
};

import type { Logger } from 'pino';
import type { MessageStore } from '../../../messages/store.ts';
import { createBackoff } from '../../../process/backoff.ts';
import type { AnswerText } from '../../answerSource.ts';
import { type Generation, type GenerationPatch, isFinal } from '../../generation.ts';
import type { GenerationStore } from '../../store/store.ts';

/** The interval between two saves while the text grows, in ms: a crash loses this much at most. */
const intervalMs = 1000;
/** Saves are due at multiples of this time, in ms, so that those of several generations share one step of the store. */
const gridMs = 100;

/** The time for which saving the end of a generation is retried, and the pauses between two tries, in ms. */
const retryMs = 10 * 60_000;
const pauses = { minMs: 50, maxMs: 5000 };

/** Thrown when another worker has the generation, or it has ended: this worker's writes have no effect any more. */
export class Superseded extends Error {}

/** `superseded`: another worker has the generation, or it has ended already; nothing was changed. */
export type SaveOutcome = 'saved' | 'superseded';

/**
 * Saves a generation to the store: its text about once a second while it grows, and all of it at the end. Outside of
 * conversations only the final state is written. Each write carries the attempt, and the store rejects it once a higher
 * attempt has begun.
 */
export interface Autosave {
  /** Saves this text with the next save. Throws `Superseded` if the store has rejected an earlier save. */
  schedule(written: AnswerText): void;
  /**
   * Saves the text, then the final state, and retries while the store is unavailable. A crash between the two leaves a
   * running generation with all of its text, which recovery takes over.
   */
  finish(text: string, patch: GenerationPatch): Promise<SaveOutcome>;
  /** Stops saving, because another worker will. Resolves when no save is in flight. */
  stop(): Promise<void>;
}

export interface AutosaveDeps {
  readonly generations: GenerationStore;
  readonly messages: MessageStore;
  readonly log: Logger;
}

/** Whether a text ends within a surrogate pair. */
const endsInPair = (text: string): boolean => /[\ud800-\udbff]$/.test(text.slice(-1));

/** Creates the autosave of a running generation. `storedText` is the text that the store has. */
export const createAutosave = (
  { generations, messages, log }: AutosaveDeps,
  generation: Generation,
  storedText: string,
): Autosave => {
  const { id, ownerId, messageId, attempt } = generation;
  let savedText = storedText;
  /**
   * The length of the saved text in bytes of UTF-8, if this attempt has certainly written it, or if it is the first one and
   * there is none. Null: unknown.
   */
  let savedBytes: number | null = attempt === 1 && storedText === '' ? 0 : null;
  let savedThinking = generation.thinking ?? '';
  let latest: AnswerText = { text: savedText, thinking: savedThinking };
  let timer: NodeJS.Timeout | null = null;
  let inFlight: Promise<void> = Promise.resolve();
  let isStopped = false;
  let isSuperseded = false;

  /** Appends what is new. Resolves to false if the store doesn't have exactly the saved text. */
  const append = async (text: string): Promise<boolean> => {
    if (messageId === null || savedBytes === null || !text.startsWith(savedText)) return false;
    const offset = savedBytes;
    const delta = text.slice(savedText.length);
    savedBytes = null;
    const author = { generationId: id, attempt };
    const [isAppended] = await messages.appendContents([{ ownerId, id: messageId, author, offset, delta }]);
    if (!isAppended) return false;
    savedText = text;
    savedBytes = offset + Buffer.byteLength(delta);
    return true;
  };

  const saveText = async (text: string): Promise<void> => {
    if (messageId === null || text === savedText || (await append(text))) return;
    savedBytes = null;
    const isSaved = await messages.setContent(ownerId, messageId, { generationId: id, attempt }, text);
    if (isSaved) {
      savedText = text;
      savedBytes = Buffer.byteLength(text);
    }
    // The message may have been deleted. Only the generation's row tells whether this worker still has the generation.
    else isSuperseded ||= !(await generations.transition(id, ['RUNNING'], {}, attempt));
  };

  const saveLatest = async (): Promise<void> => {
    const { text, thinking } = latest;
    // The rest of a surrogate pair is still to come, and half of one can't be encoded.
    await saveText(endsInPair(text) ? text.slice(0, -1) : text);
    if (thinking === savedThinking || isSuperseded) return;
    isSuperseded = !(await generations.transition(id, ['RUNNING'], { thinking }, attempt));
    if (!isSuperseded) savedThinking = thinking;
  };

  const startTimer = () => {
    if (isStopped || isSuperseded) return;
    timer ??= setTimeout(
      () => {
        const saving = latest;
        let isFailed = false;
        inFlight = saveLatest()
          .catch((error: unknown) => {
            isFailed = true;
            log.warn({ generation: id, err: error }, 'generation: text not saved, retrying');
          })
          .finally(() => {
            timer = null;
            if (isFailed || latest !== saving) startTimer();
          });
      },
      intervalMs - (performance.now() % gridMs),
    );
  };

  const stop = (): Promise<void> => {
    isStopped = true;
    if (timer) clearTimeout(timer);
    return inFlight;
  };

  /**
   * Whether an earlier try, which failed, ended this attempt after all: the store's reply may have been lost after the row
   * was changed. No other worker ends this attempt.
   */
  const hasEnded = async (): Promise<boolean> => {
    const current = await generations.findAnyOwner(id);
    // Deleted by another writer: it is unknown whether this attempt ended it.
    if (!current) return false;
    if (current.attempt === attempt) return isFinal(current.status);
    // The user may have continued it after this end; a takeover isn't a continuation.
    return current.continuedAttempts?.includes(attempt) ?? false;
  };

  return {
    schedule(written) {
      if (isSuperseded) throw new Superseded();
      if (messageId === null) return;
      latest = written;
      startTimer();
    },
    stop,
    async finish(text, patch) {
      await stop();
      const giveUpAt = performance.now() + retryMs;
      let isUncertain = false;
      const pause = createBackoff(pauses);
      for (;;) {
        try {
          await saveText(text);
          // This decides, even if the text was rejected: a higher attempt in the message is in the generation too.
          if (await generations.transition(id, ['RUNNING'], patch, attempt)) return 'saved';
          return isUncertain && (await hasEnded()) ? 'saved' : 'superseded';
        } catch (error) {
          isUncertain = true;
          if (performance.now() > giveUpAt) throw error;
          log.warn({ generation: id, err: error }, 'generation: end not saved, retrying');
          await pause();
        }
      }
    },
  };
};

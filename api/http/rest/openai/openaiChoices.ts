import type { Viewer } from '../../../access/viewer.ts';
import type { Generation } from '../../../generations/generation.ts';
import type {
  Completion,
  CompletionChunk,
  CompletionInput,
  WholeCompletion,
} from '../../../generations/request/completion.ts';
import type { Generations } from '../../../generations/service.ts';
import { foldSeed } from '../completionFields.ts';

/** A chunk of one of several answers. */
export interface ChoiceChunk extends CompletionChunk {
  /** The index of the answer. Absent: 0. */
  readonly choice?: number;
}

/** Several answers to one request, read as one completion. */
export interface Choices extends Completion {
  /** The number of answers. */
  readonly count: number;
  /** The answers that are complete, by their index. All of them at the end. */
  readonly answers: readonly WholeCompletion[];
}

/**
 * Starts a generation for each input: all of them or none. Each is a generation of its own for all limits. If reading one
 * fails, the others are cancelled.
 */
export const startChoices = async (
  generations: Pick<Generations, 'complete'>,
  viewer: Viewer,
  inputs: readonly CompletionInput[],
): Promise<Choices> => {
  const started: Completion[] = [];
  try {
    for (const input of inputs) started.push(await generations.complete(viewer, input));
  } catch (error) {
    await Promise.all(started.map((completion) => completion.whole(AbortSignal.abort()).catch(() => null)));
    throw error;
  }
  return joined(started);
};

/** Returns the input `count` times, with different seeds, because equal seeds give equal answers. */
export const repeated = (input: CompletionInput, count: number): readonly CompletionInput[] =>
  Array.from({ length: count }, (_, index) => {
    const { seed } = input.options;
    return seed === undefined
      ? input
      : { ...input, options: { ...input.options, seed: foldSeed(seed + index) } };
  });

const joined = (completions: readonly Completion[]): Choices => {
  const answers: WholeCompletion[] = [];
  const { generation, modelReason } = completions[0] as Completion;

  /** Runs `read` with a signal that aborts when it ends or fails. */
  const stopping = async <Result>(
    signal: AbortSignal,
    read: (either: AbortSignal) => Promise<Result>,
  ): Promise<Result> => {
    const stop = new AbortController();
    try {
      return await read(AbortSignal.any([signal, stop.signal]));
    } catch (error) {
      stop.abort(error);
      throw error;
    }
  };

  return {
    generation,
    modelReason,
    count: completions.length,
    answers,

    async *chunks(
      signal,
      send?: (chunk: ChoiceChunk) => boolean,
    ): AsyncGenerator<ChoiceChunk, Generation, undefined> {
      const stop = new AbortController();
      const either = AbortSignal.any([signal, stop.signal]);
      const texts = completions.map(() => ({ text: '', thinking: '' }));
      const note = (choice: number, chunk: CompletionChunk) => {
        const text = texts[choice] as { text: string; thinking: string };
        text.text += chunk.text;
        text.thinking += chunk.thinking;
      };
      const readers = completions.map((completion, choice) =>
        completion.chunks(either, (chunk) => {
          if (!send?.({ ...chunk, choice })) return false;
          note(choice, chunk);
          return true;
        }),
      );
      const next = (choice: number) => {
        const reader = readers[choice] as (typeof readers)[number];
        const read = reader.next().then((result) => ({ choice, result }));
        // It may fail before it is awaited, while the client reads slowly.
        read.catch(() => {});
        return read;
      };
      const pending = new Map(readers.map((_, choice) => [choice, next(choice)]));
      try {
        while (pending.size > 0) {
          const { choice, result } = await Promise.race(pending.values());
          if (result.done) {
            pending.delete(choice);
            answers[choice] = { ...(texts[choice] as CompletionChunk), generation: result.value };
            continue;
          }
          pending.set(choice, next(choice));
          note(choice, result.value);
          yield { ...result.value, choice };
        }
        return (answers[0] as WholeCompletion).generation;
      } finally {
        stop.abort();
        await Promise.allSettled(pending.values());
        await Promise.allSettled(readers.map((reader) => reader.return(generation)));
      }
    },

    whole: (signal) =>
      stopping(signal, async (either) => {
        answers.push(...(await Promise.all(completions.map((completion) => completion.whole(either)))));
        return answers[0] as WholeCompletion;
      }),
  };
};

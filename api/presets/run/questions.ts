import { setTimeout as wait } from 'node:timers/promises';
import { Failure } from '../../errors/failures.ts';

/** Questions of one run that are answered at once. Others of the same user need slots too. */
const concurrency = 2;

/** Waits for a limit before one question fails. */
const maxWaits = 10;

/** The maximum of one such wait, in ms. */
const maxWaitMs = 60_000;

/**
 * Answers questions, two at a time, in their order. A question that reaches the rate or running limit waits for
 * `retryAfter` and is asked again, because the run itself uses up the limit. The first other failure aborts the rest.
 */
export const askAll = async <Question, Answer>(
  questions: readonly Question[],
  answer: (question: Question, signal: AbortSignal) => Promise<Answer>,
  signal: AbortSignal,
): Promise<readonly Answer[]> => {
  const failed = new AbortController();
  const running = AbortSignal.any([signal, failed.signal]);
  const answers = new Map<number, Answer>();
  let next = 0;
  const work = async (): Promise<void> => {
    for (;;) {
      const index = next;
      next += 1;
      const question = questions[index];
      if (question === undefined) return;
      running.throwIfAborted();
      answers.set(index, await withinLimits(() => answer(question, running), questions.length, running));
    }
  };
  const workers = Array.from({ length: Math.min(concurrency, questions.length) }, async () => {
    try {
      await work();
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  });
  // All workers have stopped when this returns, so that no answer is generated for nobody.
  const [rejected] = (await Promise.allSettled(workers)).filter(({ status }) => status === 'rejected');
  if (rejected) throw signal.aborted ? signal.reason : failed.signal.reason;
  return questions.map((_, index) => answers.get(index) as Answer);
};

const withinLimits = async <Answer>(
  ask: () => Promise<Answer>,
  questions: number,
  signal: AbortSignal,
): Promise<Answer> => {
  for (let waits = 0; ; waits += 1) {
    try {
      return await ask();
    } catch (error) {
      // A single question is like any other request: its caller decides when to repeat it.
      const isLimited = error instanceof Failure && error.code === 'RATE_LIMITED' && questions > 1;
      if (!isLimited || waits === maxWaits) throw error;
      const { retryAfter } = error.details;
      const seconds = typeof retryAfter === 'number' ? retryAfter : 1;
      await wait(Math.min(maxWaitMs, Math.max(100, seconds * 1000)), undefined, { signal });
    }
  }
};

import { setTimeout as wait } from 'node:timers/promises';
import { Failure } from '../../errors/failures.ts';
import { askAll } from './questions.ts';

const never = new AbortController().signal;

describe('the questions of a run', () => {
  it('are answered two at a time, in their order', async () => {
    let [running, maxRunning] = [0, 0];
    const answers = await askAll(
      [30, 1, 20, 1, 1],
      async (ms) => {
        running += 1;
        maxRunning = Math.max(maxRunning, running);
        await wait(ms);
        running -= 1;
        return ms;
      },
      never,
    );
    expect(answers).toEqual([30, 1, 20, 1, 1]);
    expect(maxRunning).toBe(2);
  });

  it('wait for a limit that the run itself uses up; a single question doesn’t', async () => {
    let calls = 0;
    const limited = async (question: number) => {
      calls += 1;
      if (calls <= 2) throw new Failure('RATE_LIMITED', 'Slow down.', { retryAfter: 0.1 });
      return question;
    };
    expect(await askAll([1, 2, 3], limited, never)).toEqual([1, 2, 3]);
    calls = 0;
    await expect(askAll([1], limited, never)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  });

  it('stop at the first failure, after the running ones have been aborted', async () => {
    const aborted: number[] = [];
    const asked: number[] = [];
    const answer = async (question: number, signal: AbortSignal) => {
      asked.push(question);
      if (question === 2) throw new Error('broken');
      await wait(60_000, undefined, { signal }).catch((error) => {
        aborted.push(question);
        throw error;
      });
    };
    await expect(askAll([1, 2, 3, 4], answer, never)).rejects.toThrow('broken');
    expect(aborted).toEqual([1]);
    expect(asked).toEqual([1, 2]);
  });

  it('end with the reason of the caller’s signal', async () => {
    const caller = new AbortController();
    const answer = (_: number, signal: AbortSignal) => wait(60_000, undefined, { signal });
    const asking = askAll([1, 2, 3], answer, caller.signal);
    caller.abort(new Error('the caller left'));
    await expect(asking).rejects.toThrow('the caller left');
  });
});

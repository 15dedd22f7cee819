import { engineUnavailable } from '../errors/failures.ts';
import { retryWhileUnavailable } from './retry.ts';

describe('retrying while unavailable', () => {
  const { signal } = new AbortController();

  it('resolves once the service is available again', async () => {
    let tries = 0;
    const answer = await retryWhileUnavailable(async () => {
      tries += 1;
      if (tries < 3) throw engineUnavailable('unavailable');
      return 'answer';
    }, signal);
    expect(answer).toBe('answer');
    expect(tries).toBe(3);
  });

  it('rejects with a permanent error at once', async () => {
    let tries = 0;
    const ask = async () => {
      tries += 1;
      throw new TypeError('wrong');
    };
    await expect(retryWhileUnavailable(ask, signal)).rejects.toThrow('wrong');
    expect(tries).toBe(1);
  });

  it('stops on abort', async () => {
    const leaving = new AbortController();
    const ask = async () => {
      leaving.abort();
      throw engineUnavailable('unavailable');
    };
    await expect(retryWhileUnavailable(ask, leaving.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });
});

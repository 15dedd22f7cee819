import { engineUnavailable } from '../errors/failures.ts';
import { retryWhileUnavailable } from './retry.ts';

describe('one who asks retryWhileUnavailable', () => {
  const { signal } = new AbortController();

  it('gets the answer once what is asked is back', async () => {
    let tries = 0;
    const answer = await retryWhileUnavailable(async () => {
      tries += 1;
      if (tries < 3) throw engineUnavailable('away');
      return 'here';
    }, signal);
    expect(answer).toBe('here');
    expect(tries).toBe(3);
  });

  it('gets an error that will not pass at once', async () => {
    let tries = 0;
    const ask = async () => {
      tries += 1;
      throw new TypeError('wrong');
    };
    await expect(retryWhileUnavailable(ask, signal)).rejects.toThrow('wrong');
    expect(tries).toBe(1);
  });

  it('stops when it is told to', async () => {
    const leaves = new AbortController();
    const ask = async () => {
      leaves.abort();
      throw engineUnavailable('away');
    };
    await expect(retryWhileUnavailable(ask, leaves.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });
});

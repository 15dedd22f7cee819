import { ZiggieError } from '../errors.ts';
import { pauseAfter, persist } from './persist.ts';
import { createTokens } from './tokens.ts';

const signal = new AbortController().signal;
const unreachable = new ZiggieError('UNREACHABLE', 'Nobody is there.');
const unauthenticated = new ZiggieError('UNAUTHENTICATED', 'Sign in first.');

describe('persistence', () => {
  it('waits a quarter of a second at first, twice that then, five seconds at most, and not all at the same moment', () => {
    const least = [1, 2, 3, 4, 5, 6, 60].map((failures) => pauseAfter(failures, () => 0));
    const most = [1, 2, 3, 4, 5, 6, 60].map((failures) => pauseAfter(failures, () => 1));
    expect(least).toEqual([125, 250, 500, 1000, 2000, 2500, 2500]);
    expect(most).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000]);
  });

  it('tries again what may pass, and tells of each failure that another try follows', async () => {
    let tries = 0;
    const failures: unknown[] = [];
    const run = async () => {
      tries += 1;
      if (tries < 3) throw unreachable;
      return 'there';
    };
    const tokens = createTokens(null, null);
    const onFailure = (error: unknown) => failures.push(error);
    expect(await persist(run, { tokens, signal, patienceMs: 5_000, onFailure })).toBe('there');
    expect(failures).toEqual([unreachable, unreachable]);
  });

  it('loses patience, but counts from the last progress', async () => {
    let tries = 0;
    const run = async (_token: string | null, advanced: () => void) => {
      tries += 1;
      if (tries < 4) advanced();
      throw unreachable;
    };
    const tokens = createTokens(null, null);
    await expect(persist(run, { tokens, signal, patienceMs: 300 })).rejects.toBe(unreachable);
    expect(tries).toBeGreaterThanOrEqual(4);
    expect(tries).toBeLessThan(7);
  });

  it('waits no less than the server asks for', async () => {
    const busy = new ZiggieError('RATE_LIMITED', 'Later.', { retryAfter: 60 });
    const run = () => Promise.reject(busy);
    const tokens = createTokens(null, null);
    const began = performance.now();
    await expect(persist(run, { tokens, signal, patienceMs: 5_000, mayPass: () => true })).rejects.toBe(busy);
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it('does not try again what will not pass', async () => {
    const wrong = new ZiggieError('BAD_USER_INPUT', 'No.');
    let tries = 0;
    const run = async () => {
      tries += 1;
      throw wrong;
    };
    const tokens = createTokens(null, null);
    await expect(persist(run, { tokens, signal, patienceMs: 5_000 })).rejects.toBe(wrong);
    expect(tries).toBe(1);
  });

  it('ends its pause when it is aborted', async () => {
    const aborting = new AbortController();
    const tokens = createTokens(null, null);
    const onFailure = () => aborting.abort(new Error('enough'));
    const run = () => Promise.reject(unreachable);
    await expect(
      persist(run, { tokens, signal: aborting.signal, patienceMs: 60_000, onFailure }),
    ).rejects.toThrow('enough');
  });

  describe('with a token that is refused', () => {
    const serverThatTakes = (good: string, tokens: ReturnType<typeof createTokens>) => {
      const seen: (string | null)[] = [];
      const run = async (token: string | null) => {
        seen.push(token);
        if (token === good) return 'welcome';
        tokens.refuse(token);
        throw unauthenticated;
      };
      return { seen, run };
    };

    it('asks the provider for another, once for all who wait', async () => {
      const asked: (string | null)[] = [];
      const tokens = createTokens('old', async (refused) => {
        asked.push(refused);
        return 'new';
      });
      const { run } = serverThatTakes('new', tokens);
      const all = [1, 2, 3].map(() => persist(run, { tokens, signal, patienceMs: 1_000 }));
      expect(await Promise.all(all)).toEqual(['welcome', 'welcome', 'welcome']);
      expect(asked).toEqual(['old']);
    });

    it('gives up where there is no other', async () => {
      const tokens = createTokens('old', null);
      const { run, seen } = serverThatTakes('new', tokens);
      await expect(persist(run, { tokens, signal, patienceMs: 1_000 })).rejects.toBe(unauthenticated);
      expect(seen).toEqual(['old']);
    });

    it('gives up where the next one is refused as well, or is the same', async () => {
      let count = 0;
      const counting = createTokens(null, () => {
        count += 1;
        return `token ${count}`;
      });
      const { run, seen } = serverThatTakes('none', counting);
      await expect(persist(run, { tokens: counting, signal, patienceMs: 1_000 })).rejects.toBe(
        unauthenticated,
      );
      expect(seen).toEqual(['token 1', 'token 2']);
      const same = createTokens(null, () => 'same');
      const other = serverThatTakes('none', same);
      await expect(persist(other.run, { tokens: same, signal, patienceMs: 1_000 })).rejects.toMatchObject({
        code: 'UNAUTHENTICATED',
        message: expect.stringContaining('provider'),
      });
    });

    it('passes on what the provider throws', async () => {
      const tokens = createTokens(null, () => Promise.reject(new Error('the vault is shut')));
      await expect(persist(async () => 'in', { tokens, signal, patienceMs: 1_000 })).rejects.toThrow('vault');
    });
  });
});

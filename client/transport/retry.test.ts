import { ZiggieError } from '../errors.ts';
import { retry, retryDelayMs } from './retry.ts';
import { createTokens } from './tokens.ts';

const signal = new AbortController().signal;
const unreachable = new ZiggieError('UNREACHABLE', 'The server is unreachable.');
const unauthenticated = new ZiggieError('UNAUTHENTICATED', 'Sign in first.');

describe('a retry', () => {
  it('waits 0.25 s at first, doubles up to 5 s, and adds jitter', () => {
    const least = [1, 2, 3, 4, 5, 6, 60].map((failures) => retryDelayMs(failures, () => 0));
    const most = [1, 2, 3, 4, 5, 6, 60].map((failures) => retryDelayMs(failures, () => 1));
    expect(least).toEqual([125, 250, 500, 1000, 2000, 2500, 2500]);
    expect(most).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000]);
  });

  it('follows a temporary failure, which is reported', async () => {
    let tries = 0;
    const failures: unknown[] = [];
    const run = async () => {
      tries += 1;
      if (tries < 3) throw unreachable;
      return 'there';
    };
    const tokens = createTokens(null, null);
    const onFailure = (error: unknown) => failures.push(error);
    expect(await retry(run, { tokens, signal, timeoutMs: 5_000, onFailure })).toBe('there');
    expect(failures).toEqual([unreachable, unreachable]);
  });

  it('ends at the time limit, which counts from the last progress', async () => {
    let tries = 0;
    const run = async (_token: string | null, advanced: () => void) => {
      tries += 1;
      if (tries < 4) advanced();
      throw unreachable;
    };
    const tokens = createTokens(null, null);
    await expect(retry(run, { tokens, signal, timeoutMs: 300 })).rejects.toBe(unreachable);
    expect(tries).toBeGreaterThanOrEqual(4);
    expect(tries).toBeLessThan(7);
  });

  it("waits at least as long as the server's retryAfter", async () => {
    const busy = new ZiggieError('RATE_LIMITED', 'Later.', { retryAfter: 60 });
    const run = () => Promise.reject(busy);
    const tokens = createTokens(null, null);
    const began = performance.now();
    await expect(retry(run, { tokens, signal, timeoutMs: 5_000, mayRetry: () => true })).rejects.toBe(busy);
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it('does not follow a permanent failure', async () => {
    const wrong = new ZiggieError('BAD_USER_INPUT', 'No.');
    let tries = 0;
    const run = async () => {
      tries += 1;
      throw wrong;
    };
    const tokens = createTokens(null, null);
    await expect(retry(run, { tokens, signal, timeoutMs: 5_000 })).rejects.toBe(wrong);
    expect(tries).toBe(1);
  });

  it('stops waiting when it is aborted', async () => {
    const aborting = new AbortController();
    const tokens = createTokens(null, null);
    const onFailure = () => aborting.abort(new Error('enough'));
    const run = () => Promise.reject(unreachable);
    await expect(
      retry(run, { tokens, signal: aborting.signal, timeoutMs: 60_000, onFailure }),
    ).rejects.toThrow('enough');
  });

  describe('with a rejected token', () => {
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

    it('calls the token provider once for all waiting requests', async () => {
      const asked: (string | null)[] = [];
      const tokens = createTokens('old', async (refused) => {
        asked.push(refused);
        return 'new';
      });
      const { run } = serverThatTakes('new', tokens);
      const all = [1, 2, 3].map(() => retry(run, { tokens, signal, timeoutMs: 1_000 }));
      expect(await Promise.all(all)).toEqual(['welcome', 'welcome', 'welcome']);
      expect(asked).toEqual(['old']);
    });

    it('gives up without a token provider', async () => {
      const tokens = createTokens('old', null);
      const { run, seen } = serverThatTakes('new', tokens);
      await expect(retry(run, { tokens, signal, timeoutMs: 1_000 })).rejects.toBe(unauthenticated);
      expect(seen).toEqual(['old']);
    });

    it('gives up if the next token is rejected too, or is the same', async () => {
      let count = 0;
      const counting = createTokens(null, () => {
        count += 1;
        return `token ${count}`;
      });
      const { run, seen } = serverThatTakes('none', counting);
      await expect(retry(run, { tokens: counting, signal, timeoutMs: 1_000 })).rejects.toBe(unauthenticated);
      expect(seen).toEqual(['token 1', 'token 2']);
      const same = createTokens(null, () => 'same');
      const other = serverThatTakes('none', same);
      await expect(retry(other.run, { tokens: same, signal, timeoutMs: 1_000 })).rejects.toMatchObject({
        code: 'UNAUTHENTICATED',
        message: expect.stringContaining('provider'),
      });
    });

    it("rejects with the provider's error", async () => {
      const tokens = createTokens(null, () => Promise.reject(new Error('the vault is shut')));
      await expect(retry(async () => 'in', { tokens, signal, timeoutMs: 1_000 })).rejects.toThrow('vault');
    });
  });
});

import { pino } from 'pino';
import { warnOfEviction } from './eviction.ts';

describe('the eviction policy of Redis', () => {
  const warningsOf = async (info: () => Promise<string>) => {
    const lines: string[] = [];
    const log = pino({}, { write: (line) => lines.push(JSON.parse(line).msg) });
    await warnOfEviction({ info }, 'redis.example:6379', log);
    return lines;
  };

  it('is reported unless it is noeviction', async () => {
    const info = 'used_memory:1\r\nmaxmemory_policy:allkeys-lru\r\nmem_clients:0\r\n';
    expect(await warningsOf(async () => info)).toEqual([
      expect.stringMatching(
        /redis\.example:6379 evicts keys.*allkeys-lru.*Set maxmemory-policy to noeviction/,
      ),
    ]);
    expect(await warningsOf(async () => 'maxmemory_policy:noeviction\r\n')).toEqual([]);
  });

  it('is not guessed where Redis does not tell it', async () => {
    const denied = () => Promise.reject(new Error("NOPERM this user has no permissions to run 'info'"));
    expect(await warningsOf(denied)).toEqual([]);
  });
});

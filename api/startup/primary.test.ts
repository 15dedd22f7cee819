import cluster from 'node:cluster';
import { createLog } from '../process/log.ts';
import { startPrimary } from './primary.ts';

describe('the primary process', () => {
  it('ends with an error if the first worker can not be started', async () => {
    const lines: string[] = [];
    cluster.setupPrimary({ exec: 'none.js', cwd: '/no/such/folder' });
    const primary = startPrimary({
      count: 2,
      log: createLog('info', { write: (line) => lines.push(line) }),
      stopMs: 1000,
      print: () => {},
      onStarted: () => {},
    });
    expect(await primary.ended).toBe(1);
    expect(lines.join('')).toContain('ENOENT');
  });
});

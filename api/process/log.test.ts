import { setTimeout as wait } from 'node:timers/promises';
import { createLog, gatherLines } from './log.ts';

describe('the log', () => {
  it('is one JSON line per event, with secrets removed at every level', () => {
    const lines: string[] = [];
    const log = createLog('info', { write: (line) => lines.push(line) });
    log.debug('below the level');
    log.info(
      { password: 'hunter2', input: { token: 'hunter2', headers: { authorization: 'hunter2' } } },
      'signed in',
    );
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain('hunter2');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      msg: 'signed in',
      password: '[removed]',
    });
  });

  it('gathers lines for a moment, and writes many of them earlier', async () => {
    const writes: string[] = [];
    const log = createLog('info', gatherLines({ write: (text) => writes.push(text) }));
    const before = process.listenerCount('exit');
    for (const name of ['one', 'two', 'three']) log.info(name);
    expect(writes).toEqual([]);
    await wait(40);
    expect(writes).toHaveLength(1);
    const messages = writes[0]?.trim().split('\n');
    expect(messages?.map((line) => JSON.parse(line).msg)).toEqual(['one', 'two', 'three']);
    // Two workers that write to one pipe must not mix their lines.
    for (let count = 0; count < 100; count += 1) log.info('ä'.repeat(200));
    expect(writes.length).toBeGreaterThan(5);
    for (const text of writes) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(4096);
    log.info('last');
    process.listeners('exit').at(-1)?.(0);
    const all = writes.join('').trim().split('\n');
    expect(all).toHaveLength(104);
    expect(JSON.parse(all.at(-1) ?? '').msg).toBe('last');
    const count = writes.length;
    await wait(40);
    expect(writes).toHaveLength(count);
    expect(process.listenerCount('exit')).toBe(before);
  });
});

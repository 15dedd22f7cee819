import { createLog } from './log.ts';

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
});

import { stripVTControlCharacters } from 'node:util';
import { readableLine } from './readableLog.ts';

const format = (entry: object) =>
  stripVTControlCharacters(
    readableLine(JSON.stringify({ level: 'warn', time: '2026-11-26T10:00:00Z', ...entry })),
  );

describe('a log line on a terminal', () => {
  it('shows time, level, message and the other fields', () => {
    expect(format({ service: 'ziggie-llm', path: '/a b', from: 0, msg: 'store: migrated' })).toMatch(
      /^\d\d:\d\d:\d\d warn {2}store: migrated path=\/a b from=0$/,
    );
  });

  it('shows the stack of an error below', () => {
    expect(format({ err: { stack: 'Error: x\n    at y' }, msg: 'failed' })).toMatch(
      /failed\nError: x\n {4}at y$/,
    );
  });

  it('escapes what could control the terminal', () => {
    const line = format({
      user: 'a\u001b[2J\u009b31m\u202eb\nc',
      msg: 'x\u0007',
      err: { stack: 'E: \u001b[0m\n  at' },
    });
    expect(line).toMatch(
      /x\\u\{7\} user=a\\u\{1b\}\[2J\\u\{9b\}31m\\u\{202e\}b\\u\{a\}c\nE: \\u\{1b\}\[0m\n {2}at$/,
    );
  });

  it.each(['', 'Ziggie LLM 0.1.0', '{"level":"info", broken'])(
    'stays as it is if it is no entry: %j',
    (line) => {
      expect(readableLine(line)).toBe(line);
    },
  );
});

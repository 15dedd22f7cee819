import { PassThrough } from 'node:stream';
import { readArguments, UsageError } from './arguments.ts';
import { printable, readAll, type Streams } from './streams.ts';

describe('the command line', () => {
  it('takes precedence over variables; blank variables count as absent', () => {
    const env = { ZIGGIE_URL: 'http://a', ZIGGIE_MODEL: '', ZIGGIE_USER: 'ada', ZIGGIE_TOKEN: ' ' };
    expect(readArguments(['--url', 'http://b', '--model', 'mistral'], env)).toMatchObject({
      url: 'http://b',
      model: 'mistral',
      username: 'ada',
      token: null,
      once: false,
      question: null,
    });
    expect(readArguments([], {})).toMatchObject({ url: 'http://127.0.0.1:8000', token: null, model: null });
  });

  it('asks its question once', () => {
    expect(readArguments(['What', 'is', '2+2?'], {})).toMatchObject({ once: true, question: 'What is 2+2?' });
  });

  it('accepts no password, because every user of the machine could see it', () => {
    expect(() => readArguments(['--password', 'secret'], {})).toThrow(UsageError);
  });
});

describe('the streams', () => {
  const streams = (isSeen: boolean): Streams => ({
    input: new PassThrough(),
    output: new PassThrough(),
    notices: new PassThrough(),
    isInteractive: false,
    isSeen,
    hasColour: false,
  });

  it('remove control characters before a terminal gets the text', () => {
    expect(printable(streams(true), 'a\x1b]0;title\x07\tb\r\nc\x9b2J')).toBe('a]0;title\tb\nc2J');
    expect(printable(streams(false), 'a\x1b[2J')).toBe('a\x1b[2J');
  });

  it('limit the length of a question', async () => {
    const piped = streams(false);
    (piped.input as PassThrough).end('a long question');
    await expect(readAll(piped, 10)).rejects.toThrow('longer than 10');
  });
});

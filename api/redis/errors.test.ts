import { Failure } from '../errors/failures.ts';
import { asFailure, classifyError } from './errors.ts';

const reply = (message: string) => Object.assign(new Error(message), { name: 'ReplyError' });
const systemError = (code: string) => Object.assign(new Error(`write ${code}`), { code, syscall: 'write' });

describe('errors of calls to Redis', () => {
  it.each([
    ['a reset', systemError('ECONNRESET')],
    ['a broken pipe', systemError('EPIPE')],
    ['a connection that was closed', new Error('Connection is closed.')],
    ['a command without an answer', new Error('Command timed out')],
    [
      'a connection that is not open yet',
      new Error("Stream isn't writeable and enableOfflineQueue options is false"),
    ],
    ['a cluster that is not ready', new Error("Cluster isn't ready and enableOfflineQueue options is false")],
    ['a server that is loading', reply('LOADING Redis is loading the dataset in memory')],
    [
      'a replica',
      reply("READONLY You can't write against a read only replica. script: abc, on @user_script:1."),
    ],
    [
      'a script without memory, on Redis 6',
      reply('ERR Error running script (call to f_1): @user_script:1: -OOM command not allowed'),
    ],
    [
      'a disk that is full',
      reply('MISCONF Redis is configured to save RDB snapshots, but is unable to persist'),
    ],
    ['a password that was changed', reply('NOAUTH Authentication required.')],
    ['a server with too many clients', reply('ERR max number of clients reached')],
  ])('mean for %s that Redis is unavailable', (_, error) => {
    expect(classifyError(error)).toBe('unavailable');
    expect(asFailure(error)).toMatchObject({ code: 'SERVICE_UNAVAILABLE', httpStatus: 503 });
  });

  it.each([
    ['a command that is wrong', reply("ERR wrong number of arguments for 'get' command")],
    ['a value of another type', reply('WRONGTYPE Operation against a key holding the wrong kind of value')],
    ['keys of several slots', reply("CROSSSLOT Keys in request don't hash to the same slot")],
    ['an argument that is wrong', new Error('Invalid argument 7')],
    ['a bug of this program', new TypeError('x is undefined')],
    ['a value that is no error', undefined],
  ])('are returned unchanged for %s', (_, error) => {
    expect(classifyError(error)).toBe('bug');
    expect(asFailure(error)).toBe(error);
  });

  it('return a failure unchanged', () => {
    const failure = new Failure('CONFLICT', 'no');
    expect(asFailure(failure)).toBe(failure);
  });
});

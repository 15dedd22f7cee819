import * as mongodb from 'mongodb';
import type { Failure } from '../errors/failures.ts';
import { asFailure, classifiedErrors, classifyError } from './errors.ts';

const systemError = (code: string, message = code) =>
  Object.assign(new Error(message), { code, syscall: 'write' });

const serverError = (code: number, fields: object = {}) =>
  new mongodb.MongoServerError({ message: 'refused', code, ...fields });

describe('the errors of the MongoDB driver', () => {
  it('are all classified, also after an update of the driver', () => {
    const exported = Object.entries(mongodb)
      .filter(([, value]) => typeof value === 'function' && value.prototype instanceof Error)
      .map(([name]) => name);
    expect(exported.length).toBeGreaterThan(40);
    expect(exported.filter((name) => !classifiedErrors.has(name))).toEqual([]);
    expect([...classifiedErrors].filter((name) => !exported.includes(name))).toEqual([]);
  });

  it.each([
    ['a reset that the driver passes on unchanged', systemError('ECONNRESET', 'write ECONNRESET')],
    ['a broken pipe', systemError('EPIPE')],
    ['a stream that was closed', systemError('ERR_STREAM_DESTROYED')],
    [
      'a reset as a cause of a cause',
      new Error('a', { cause: new Error('b', { cause: systemError('ECONNRESET') }) }),
    ],
    [
      'a connection refused at each address of a name',
      new AggregateError([systemError('ECONNREFUSED')], 'all refused'),
    ],
    ['a network error', new mongodb.MongoNetworkError('connection 3 closed', {})],
    ['a network timeout', new mongodb.MongoNetworkTimeoutError('timed out', {})],
    [
      'an API error whose cause is the network',
      new mongodb.MongoAPIError('x', { cause: systemError('ECONNRESET') }),
    ],
    ['a client that lost its connection', new mongodb.MongoNotConnectedError('closed')],
    ['a topology that was closed', new mongodb.MongoTopologyClosedError()],
    ['an operation that took too long', new mongodb.MongoOperationTimeoutError('late')],
    ['an interrupted operation', serverError(11_601)],
    ['a server that is not primary', serverError(10_107)],
    ['a server that shuts down', serverError(91)],
    ['an unknown code with a label', serverError(99_999, { errorLabels: ['RetryableWriteError'] })],
    [
      'a bulk write in which one write was interrupted',
      new mongodb.MongoBulkWriteError(
        {
          message: 'bulk',
          code: 1,
          writeErrors: [{ code: 11_602 } as mongodb.WriteError],
        },
        {} as mongodb.BulkWriteResult,
      ),
    ],
    [
      'a write that too few members have confirmed',
      new mongodb.MongoWriteConcernError({ ok: 1, writeConcernError: { code: 64, errmsg: 'late' } }),
    ],
  ])('report %s as an unavailable store', (_, error) => {
    expect(classifyError(error)).toBe('unavailable');
    const failure = asFailure(error);
    expect(failure).toMatchObject({ code: 'SERVICE_UNAVAILABLE', httpStatus: 503 });
    expect((failure as Failure).message).not.toMatch(/ECONN|EPIPE|127\.0/);
  });

  it('report a full disk of the server', () => {
    expect(asFailure(serverError(14_031))).toMatchObject({ code: 'STORAGE_FULL', httpStatus: 507 });
  });

  it.each([
    ['an invalid command', serverError(9)],
    ['a duplicate value', serverError(11_000)],
    ['an invalid argument', new mongodb.MongoInvalidArgumentError('no')],
    ['a TypeError of this program', new TypeError('x is undefined')],
    ['a value that is no error', 'text'],
  ])('leave %s unchanged, as a bug', (_, error) => {
    expect(classifyError(error)).toBe('bug');
    expect(asFailure(error)).toBe(error);
  });
});

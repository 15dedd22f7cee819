import { connectionToken } from './connectionToken.ts';

describe('connectionToken', () => {
  it.each([
    [{ Authorization: 'Bearer abc' }, 'abc'],
    [{ authorization: 'bearer  abc ' }, 'abc'],
    [{ authorization: 'abc' }, 'abc'],
    [{ token: 'abc' }, 'abc'],
    [{ accessToken: 'abc' }, 'abc'],
    [{ authorization: null, token: 'abc' }, 'abc'],
    [{ authorization: 'Bearer' }, ''],
    [{ token: 7 }, ''],
    [{ token: '' }, null],
    [{}, null],
    [undefined, null],
  ])('reads %j', (params, token) => {
    expect(connectionToken(params)).toBe(token);
  });
});

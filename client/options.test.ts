import { addressesOf } from './options.ts';

describe('the address of a service', () => {
  it.each([
    ['http://127.0.0.1:8000', 'http://127.0.0.1:8000/graphql', 'ws://127.0.0.1:8000/graphql'],
    ['https://llm.example.org/', 'https://llm.example.org/graphql', 'wss://llm.example.org/graphql'],
    [
      'https://example.org/llm/graphql?a=b#c',
      'https://example.org/llm/graphql',
      'wss://example.org/llm/graphql',
    ],
  ])('%s', (url, http, socket) => {
    expect(addressesOf(url)).toEqual({ http, socket });
    expect(addressesOf(new URL(url))).toEqual({ http, socket });
  });

  it.each(['', 'localhost:8000', 'ws://127.0.0.1'])('is not "%s"', (url) => {
    expect(() => addressesOf(url)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
  });
});

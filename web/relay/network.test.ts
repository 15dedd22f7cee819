import { jest } from '@jest/globals';
import type { GraphQLResponse, RequestParameters } from 'relay-runtime';
import { createFetch } from './network.ts';

const requestOf = (operationKind: 'query' | 'mutation') =>
  ({
    id: null,
    text: 'the text',
    name: 'Operation',
    operationKind,
    metadata: {},
    cacheID: 'x',
  }) as unknown as RequestParameters;

const errors = [{ message: 'There is no such conversation.', extensions: { code: 'NOT_FOUND' } }];

/** Returns what Relay receives for such an answer of the server: the answer, or the error's code. */
const outcomeOf = async (operationKind: 'query' | 'mutation', body: object): Promise<unknown> => {
  globalThis.fetch = jest.fn<typeof fetch>().mockResolvedValue({
    status: 200,
    json: async () => body,
  } as Response);
  const observable = createFetch(() => {})(requestOf(operationKind), {}, {});
  if (!('subscribe' in observable)) throw new Error('it gave no observable');
  return new Promise((resolve) => {
    observable.subscribe({
      next: (answer: GraphQLResponse) => resolve(answer),
      error: (error: Error & { code?: string }) => resolve(error.code),
    });
  });
};

describe('an answer over HTTP', () => {
  const original = globalThis.fetch;

  afterEach(() => {
    globalThis.fetch = original;
  });

  it('to a mutation fails if its payload is null, not if it did something', async () => {
    expect(await outcomeOf('mutation', { data: { deleteConversation: null }, errors })).toBe('NOT_FOUND');
    const half = { data: { one: { id: 'x' }, other: null }, errors };
    expect(await outcomeOf('mutation', half)).toEqual(half);
  });

  it('to a query keeps the data beside an error', async () => {
    expect(await outcomeOf('query', { data: null, errors })).toBe('NOT_FOUND');
    const half = { data: { models: null }, errors };
    expect(await outcomeOf('query', half)).toEqual(half);
  });
});

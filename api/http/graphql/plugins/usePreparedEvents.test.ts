import { jest } from '@jest/globals';
import { type ExecutionResult, parse, subscribe } from 'graphql';
import { schema } from '../../../schema.ts';
import { usePreparedEvents as preparedEvents } from './usePreparedEvents.ts';

const contextValue = {
  viewer: { user: { id: 'ann', role: 'MEMBER', disabledAt: null }, sessionId: 's', apiKey: null },
};

const generations = ['QUEUED', 'RUNNING'].map((status) => ({ id: 'g', status, model: 'llama3.2:latest' }));

describe('prepared events', () => {
  test('execute the first event and those with another object only', async () => {
    const field = schema.getSubscriptionType()?.getFields().generation;
    if (!field) throw new Error('no such subscription');
    const execution = jest.spyOn(field, 'resolve');
    const [queued, running] = generations;
    const events = [queued, queued, running, running, running].map((shown, offset) => ({
      ...{ offset, delta: 'a', cursor: 1, thinkingOffset: 0, thinkingDelta: '', status: 'RUNNING' },
      ...{ attempt: 1, queuePosition: null, generation: shown },
    }));
    let args = {
      schema,
      document: parse('subscription { generation(id: "R2VuZXJhdGlvbjp4") { offset generation { model } } }'),
      contextValue: {
        ...contextValue,
        generations: {
          async *watch() {
            yield* events;
          },
        },
      },
    };
    let subscribing: (given: typeof args) => Promise<unknown> = async (given) => subscribe(given);
    preparedEvents().onSubscribe?.({
      args,
      setSubscribeFn: (next: typeof subscribing) => {
        subscribing = next;
      },
    } as never);
    args = { ...args };
    const results: unknown[] = [];
    for await (const result of (await subscribing(args)) as AsyncIterable<ExecutionResult>)
      results.push(result);
    expect(results).toMatchObject(
      events.map(({ offset }) => ({
        data: { generation: { offset, generation: { model: 'llama3.2:latest' } } },
      })),
    );
    expect(execution).toHaveBeenCalledTimes(2);
    execution.mockRestore();
  });
});

import { buildSchema, type ExecutionResult, parse } from 'graphql';
import { useCost as costPlugin } from './useCost.ts';

const plugin = costPlugin(10);
const schema = buildSchema('type Query { a: Int } type Subscription { b: Int }');

/** Returns the stream that the plugin makes of a subscription's stream. */
const through = (stream: AsyncIterable<ExecutionResult>): AsyncIterable<ExecutionResult> => {
  let given = stream;
  const hooks = plugin.onSubscribe?.({
    args: { schema, document: parse('subscription { b }') },
    setResultAndStopExecution() {},
  } as never);
  const more = (hooks as { onSubscribeResult(payload: object): unknown }).onSubscribeResult({
    result: stream,
    setResult: (result: AsyncIterable<ExecutionResult>) => {
      given = result;
    },
  });
  // A hook on each event would cost time for each event.
  expect(more).toBeUndefined();
  return given;
};

describe('the cost of a subscription', () => {
  it('is in the first event, and all others are passed on unchanged', async () => {
    const events: ExecutionResult[] = [{ data: { b: 1 } }, { data: { b: 2 } }, { data: { b: 3 } }];
    const pending: Promise<IteratorResult<ExecutionResult>>[] = [];
    const queue = [...events];
    const source = {
      next() {
        const value = queue.shift();
        const next: Promise<IteratorResult<ExecutionResult>> = Promise.resolve(
          value ? { done: false, value } : { done: true, value: undefined },
        );
        pending.push(next);
        return next;
      },
      [Symbol.asyncIterator]: () => source,
    };
    const stream = through(source)[Symbol.asyncIterator]();
    const first = stream.next();
    const second = stream.next();
    expect((await first).value).toEqual({ ...events[0], extensions: { cost: { requested: 1, limit: 10 } } });
    expect(second).toBe(pending[1]);
    expect((await second).value).toBe(events[1]);
    expect((await stream.next()).value).toBe(events[2]);
    expect((await stream.next()).done).toBe(true);
  });

  it('changes nothing about the end of a stream that its reader leaves', async () => {
    let isClosed = false;
    async function* source(): AsyncGenerator<ExecutionResult, void, undefined> {
      try {
        for (;;) yield { data: { b: 1 } };
      } finally {
        isClosed = true;
      }
    }
    for await (const { extensions } of through(source())) {
      expect(extensions).toBeDefined();
      break;
    }
    expect(isClosed).toBe(true);
  });
});

import type { ExecutionResult } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import { type BudgetCaller, type Budgets, callerAndGroupOf, type Release } from '../../../budgets/budgets.ts';
import type { ResponseMeter } from '../../../graph/responseMeter.ts';
import { createFairScheduler } from '../../../process/fairScheduler.ts';
import type { Exchange } from '../../server/exchange.ts';

/** Size of a response in bytes above which its operation counts as running until the response is sent. */
const largeAnswer = 64 * 1024;

/** What the transport and the context provide for an operation. */
interface OperationContext extends BudgetCaller {
  readonly exchange?: Exchange;
  /** On a socket: calls back when the response is sent. */
  readonly afterAnswer?: (release: Release) => void;
  readonly meter?: ResponseMeter;
}

type Stream = AsyncIterableIterator<ExecutionResult>;

/**
 * Counts the operations and streams of each caller on every transport, and rejects responses that are too large
 * (`TOO_COMPLEX`) before they are serialized.
 */
export const useBudgets = (
  budgets: Pick<Budgets, 'acquire' | 'startOperation' | 'holdBytes'>,
  scheduler = createFairScheduler(),
): Plugin => ({
  onSubscribe({ subscribeFn, setSubscribeFn }) {
    setSubscribeFn(async (args) => {
      const context = args.contextValue as OperationContext;
      context.exchange?.releaseSlot();
      const release = await budgets.acquire(context, 'STREAMS').catch(failed);
      if (typeof release !== 'function') return release;
      return follow(await attempt(() => subscribeFn(args), release), context, release);
    });
  },
  onExecute({ executeFn, setExecuteFn }) {
    setExecuteFn(async (args) => {
      const context = args.contextValue as OperationContext;
      context.exchange?.releaseSlot();
      const release = await budgets.startOperation(context).catch(failed);
      if (typeof release !== 'function') return release;
      // The task lasts until the first wait: an introspection is one task.
      const endTask = await scheduler.acquire(...callerAndGroupOf(context));
      const running = attempt(() => executeFn(args), release);
      setImmediate(endTask);
      const result = await running;
      if (isAsyncIterable(result)) {
        // With `@defer` or `@stream` the operation is a stream from here on.
        release();
        const stream = await budgets.acquire(context, 'STREAMS').catch(failed);
        if (typeof stream === 'function') return follow(result, context, stream);
        await (result as Stream).return?.();
        return stream;
      }
      return settle(result, context, release, budgets);
    });
  },
});

const failed = (error: unknown) => ({ errors: [error] }) as ExecutionResult;

/** Runs something, and releases what it holds if that fails. */
const attempt = async <Result>(run: () => Result, release: Release): Promise<Awaited<Result>> => {
  try {
    return await run();
  } catch (error) {
    release();
    throw error;
  }
};

/** Checks the size of a response. A large one holds its operation and its bytes until it is sent. */
const settle = (
  result: ExecutionResult,
  context: OperationContext,
  release: Release,
  budgets: Pick<Budgets, 'holdBytes'>,
): ExecutionResult => {
  const { exchange, afterAnswer, meter } = context;
  try {
    const bytes = meter?.check(result) ?? 0;
    if (bytes <= largeAnswer) release();
    // Sockets count the bytes themselves.
    else if (afterAnswer) afterAnswer(release);
    else if (exchange) whenSent(exchange, [release, budgets.holdBytes(context, bytes)]);
    else release();
    return result;
  } catch (error) {
    release();
    return failed(error);
  }
};

const whenSent = ({ response }: Exchange, releases: readonly Release[]): void => {
  const releaseAll = () => {
    for (const release of releases) release();
  };
  if (response.closed) releaseAll();
  else response.once('close', releaseAll);
};

/** Checks the size of each result of a stream, and releases the stream when either side ends it. */
const follow = (result: unknown, context: OperationContext, release: Release): Stream | ExecutionResult => {
  if (!isAsyncIterable(result)) {
    release();
    return result as ExecutionResult;
  }
  const source = (result as Stream)[Symbol.asyncIterator]() as Stream;
  const stream: Stream = {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      context.meter?.reset();
      const event = await attempt(() => source.next(), release);
      if (event.done) {
        release();
        return event;
      }
      try {
        context.meter?.check(event.value);
        return event;
      } catch (error) {
        return { done: false, value: failed(error) };
      }
    },
    async return() {
      release();
      await source.return?.();
      return { done: true, value: undefined };
    },
    async throw(error: unknown) {
      release();
      await source.throw?.(error);
      throw error;
    },
  };
  // Yoga doesn't end the stream of a client that disconnected before the stream was open.
  if (context.exchange) whenSent(context.exchange, [() => void stream.return?.().catch(() => {})]);
  return stream;
};

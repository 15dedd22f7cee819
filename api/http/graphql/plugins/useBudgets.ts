import type { ExecutionResult } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import { type BudgetCaller, type Budgets, ownerNameOf, type Release } from '../../../budgets/budgets.ts';
import type { ResponseMeter } from '../../../graph/responseMeter.ts';
import { createFairScheduler } from '../../../process/fairScheduler.ts';
import type { Exchange } from '../../server/exchange.ts';

/** Bytes of an answer above which its operation counts as running until the answer is sent. */
const largeAnswer = 64 * 1024;

/** What the transports say of an operation, and what its context has. */
interface OperationContext extends BudgetCaller {
  readonly exchange?: Exchange;
  /** Of a socket: calls back when the answer is sent. */
  readonly afterAnswer?: (release: Release) => void;
  readonly meter?: ResponseMeter;
}

type Stream = AsyncIterableIterator<ExecutionResult>;

/**
 * Counts operations and streams for their caller, on every transport, and refuses answers that are too large
 * (`TOO_COMPLEX`) before they are written as JSON.
 */
export const useBudgets = (
  budgets: Pick<Budgets, 'acquire' | 'startOperation' | 'holdBytes'>,
  turns = createFairScheduler(),
): Plugin => ({
  onSubscribe({ subscribeFn, setSubscribeFn }) {
    setSubscribeFn(async (args) => {
      const context = args.contextValue as OperationContext;
      context.exchange?.endTurn();
      const release = await budgets.acquire(context, 'STREAMS').catch(failed);
      if (typeof release !== 'function') return release;
      return follow(await attempt(() => subscribeFn(args), release), context, release);
    });
  },
  onExecute({ executeFn, setExecuteFn }) {
    setExecuteFn(async (args) => {
      const context = args.contextValue as OperationContext;
      context.exchange?.endTurn();
      const release = await budgets.startOperation(context).catch(failed);
      if (typeof release !== 'function') return release;
      // What runs before the first wait is a turn, such as all of an introspection.
      const endTurn = await turns.acquire(ownerNameOf(context));
      const running = attempt(() => executeFn(args), release);
      setImmediate(endTurn);
      const result = await running;
      if (isAsyncIterable(result)) {
        // `@defer` and `@stream`: a stream from here on.
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

/** Whatever fails holds nothing any more. */
const attempt = async <Result>(run: () => Result, release: Release): Promise<Awaited<Result>> => {
  try {
    return await run();
  } catch (error) {
    release();
    throw error;
  }
};

/** An answer within its bound; a large one holds its operation, and its bytes, until it is sent. */
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
    // A socket counts the bytes itself.
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

/** Gives each result its bound, and releases the stream at its end, whoever ends it. */
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
  return stream;
};

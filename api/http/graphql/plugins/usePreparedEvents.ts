import { createSourceEventStream, type ExecutionArgs, type ExecutionResult, execute } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import { generationEventFields } from '../../../generations/watch/eventFields.ts';
import type { ResponseMeter } from '../../../graph/responseMeter.ts';
import type { EventSelection, PreparableEvents } from '../events/eventSelection.ts';
import { createEventSelections } from '../events/eventSelections.ts';
import { createEventWriter } from '../events/eventWriter.ts';
import { selectOperation } from './executedOperation.ts';

type Item<Value> = IteratorResult<Value, void>;

/** What the transport and the context provide for a subscription. */
interface SubscriptionContext {
  /** On a socket: sends the JSON of a result at once. Returns false if that isn't possible now. */
  readonly sendResult?: (json: string) => boolean;
  readonly meter?: ResponseMeter;
}

/** The maximum number of UTF-8 bytes per UTF-16 code unit. */
const maxBytesPerCodeUnit = 3;

/**
 * Executes the first event of a subscription with graphql-js, which checks scopes and calls resolvers. Builds the results of
 * later ones from the properties of the event, because graphql-js takes most of the time; they are equal, byte for byte. An event
 * is executed again if one of its object fields is another object than before, or if a value can't be serialized. So are all
 * events of subscriptions that select anything else, or have other directives than `@skip` and `@include`.
 *
 * Where the transport has `sendResult`, the resolver sends such results itself, and yields nothing.
 */
export const usePreparedEvents = (events: PreparableEvents = generationEventFields): Plugin => {
  const selectionOf = createEventSelections(events);

  return {
    onSubscribe({ args, setSubscribeFn }) {
      const selected = selectOperation(args);
      if (!selected?.variables.coerced) return;
      const { schema, document, operation, variables } = selected;
      const selection = selectionOf({ schema, document, operation, variables: variables.coerced });
      if (!selection) return;
      setSubscribeFn(async (executed) => subscribe(executed as ExecutionArgs, selection));
    },
  };
};

const subscribe = async (
  args: ExecutionArgs,
  selection: EventSelection,
): Promise<AsyncGenerator<ExecutionResult, void, undefined> | ExecutionResult> => {
  const writer = createEventWriter(selection);
  const { sendResult, meter } = (args.contextValue ?? {}) as SubscriptionContext;
  const sendEvent = (event: object, whole: object | null): boolean => {
    const text = writer.text(event, whole);
    if (text === null || !meter?.fits(text.length * maxBytesPerCodeUnit)) return false;
    return sendResult?.(text) ?? false;
  };
  const contextValue = sendResult ? { ...(args.contextValue as object), sendEvent } : args.contextValue;
  const source = await createSourceEventStream({ ...args, contextValue });
  if (!isAsyncIterable(source)) return source;
  const events = source[Symbol.asyncIterator]() as AsyncGenerator<object, void, undefined>;

  const resultOf = async (event: object): Promise<ExecutionResult> => {
    const result = (await execute({ ...args, rootValue: event })) as ExecutionResult;
    writer.executed(event, result);
    return result;
  };
  const toResult = (next: Item<object>): Item<ExecutionResult> | Promise<Item<ExecutionResult>> => {
    if (next.done) return next;
    const data = writer.data(next.value);
    if (data) return { done: false, value: { data } };
    return resultOf(next.value).then((value) => ({ done: false, value }));
  };

  const stream: AsyncGenerator<ExecutionResult, void, undefined> = {
    next: () => events.next().then(toResult),
    async return() {
      await events.return();
      return { done: true, value: undefined };
    },
    async throw(error) {
      await events.throw(error);
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => stream,
    async [Symbol.asyncDispose]() {
      await events.return();
    },
  };
  return stream;
};

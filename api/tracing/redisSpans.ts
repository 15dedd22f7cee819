import { tracingChannel } from 'node:diagnostics_channel';
import { type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';

/** What the driver publishes about a command. Its arguments stay out of spans: they hold texts of users. */
interface Command {
  readonly command: string;
  readonly serverAddress?: string;
  readonly serverPort?: number;
  readonly error?: unknown;
}

/**
 * Creates a span for each command of Redis that belongs to a trace. Commands without a trace, such as polling, get none.
 * Returns a function that stops it.
 */
export const traceRedisCommands = (): (() => void) => {
  const spans = new WeakMap<object, Span>();
  const end = (command: object) => spans.get(command)?.end();
  const subscribers = {
    start(message: unknown) {
      if (!trace.getActiveSpan()) return;
      const command = message as Command;
      const span = trace.getTracer('ziggie-llm').startSpan(command.command, {
        kind: SpanKind.CLIENT,
        attributes: {
          'db.system.name': 'redis',
          'db.operation.name': command.command,
          ...(command.serverAddress && { 'server.address': command.serverAddress }),
          ...(command.serverPort && { 'server.port': command.serverPort }),
        },
      });
      spans.set(command, span);
    },
    end() {},
    asyncStart() {},
    asyncEnd: (message: unknown) => end(message as object),
    error(message: unknown) {
      const span = spans.get(message as object);
      span?.setStatus({ code: SpanStatusCode.ERROR });
      const { error } = message as Command;
      if (error instanceof Error) span?.recordException(error);
    },
  };
  const channel = tracingChannel('ioredis:command');
  channel.subscribe(subscribers);
  return () => channel.unsubscribe(subscribers);
};

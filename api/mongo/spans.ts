import { type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { MongoClient } from 'mongodb';

/** Commands that belong to no request of a user. */
const silent = new Set(['hello', 'ismaster', 'isMaster', 'ping', 'endSessions']);

/** Creates a span for each command that belongs to a trace, without its documents. The client has to monitor commands. */
export const traceMongoCommands = (client: MongoClient, database: string): void => {
  const spans = new Map<number, Span>();
  client.on('commandStarted', ({ requestId, commandName, command, address }) => {
    if (silent.has(commandName) || !trace.getActiveSpan()) return;
    const collection: unknown = command[commandName];
    const span = trace
      .getTracer('ziggie-llm')
      .startSpan(typeof collection === 'string' ? `${commandName} ${collection}` : commandName, {
        kind: SpanKind.CLIENT,
        attributes: {
          'db.system.name': 'mongodb',
          'db.namespace': database,
          'db.operation.name': commandName,
          ...(typeof collection === 'string' && { 'db.collection.name': collection }),
          'server.address': address,
        },
      });
    spans.set(requestId, span);
  });
  const take = (requestId: number) => {
    const span = spans.get(requestId);
    spans.delete(requestId);
    return span;
  };
  client.on('commandSucceeded', ({ requestId }) => take(requestId)?.end());
  client.on('commandFailed', ({ requestId, failure }) => {
    const span = take(requestId);
    span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.setAttribute('error.type', failure.name);
    span?.end();
  });
};

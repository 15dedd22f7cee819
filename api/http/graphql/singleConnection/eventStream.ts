import type { ServerResponse } from 'node:http';
import type { BudgetCaller, Budgets } from '../../../budgets/budgets.ts';
import { openResponseStream } from '../../responses/responseStream.ts';

/** Sends the results of a connection's operations as events of one response. */
export interface EventStream {
  /** Sends the JSON of a result. Resolves when the client may take more, or the stream has ended. */
  next(operationId: string, json: string): Promise<void>;
  /** Sends it at once. Returns false, and sends nothing, while earlier events are unsent. */
  nextNow(operationId: string, json: string): boolean;
  complete(operationId: string): Promise<void>;
  /** Ends the response. Idempotent. */
  end(): void;
  /** Ends the response as an interrupted one, after which clients connect again. */
  destroy(): void;
}

export interface EventStreamDeps {
  readonly response: ServerResponse;
  readonly caller: BudgetCaller;
  readonly budgets: Pick<Budgets, 'holdBytes'>;
}

/** Opens the event stream: headers at once, and a comment in each pause. */
export const openEventStream = ({ response, caller, budgets }: EventStreamDeps): EventStream => {
  const stream = openResponseStream(response, 'text/event-stream; charset=utf-8');
  const ended = new AbortController();
  response.once('close', () => ended.abort());
  /** The events that aren't written yet, and the last of them. */
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();

  const send = async (text: string): Promise<void> => {
    if (ended.signal.aborted || response.writableEnded) return;
    let release: () => void;
    try {
      release = budgets.holdBytes(caller, Buffer.byteLength(text));
    } catch {
      // As on sockets: the client reads too slowly for what it requests.
      response.destroy();
      return;
    }
    waiting += 1;
    const written = last.then(async () => {
      try {
        if (!response.writableEnded) await stream.write(text, ended.signal);
      } catch (error) {
        if (!ended.signal.aborted) throw error;
      } finally {
        waiting -= 1;
        release();
      }
    });
    last = written.catch(() => {});
    await written;
  };
  // Some browsers report an open stream only with its first bytes.
  stream.write(':\n\n', ended.signal).catch(() => {});

  return {
    next: (id, json) => send(nextEvent(id, json)),
    nextNow(id, json) {
      if (waiting > 0 || !stream.isIdle) return false;
      stream.writeNow(nextEvent(id, json));
      return true;
    },
    complete: (id) => send(`event: complete\ndata: ${JSON.stringify({ id })}\n\n`),
    end() {
      if (!response.writableEnded) stream.end('');
    },
    destroy: () => void response.destroy(),
  };
};

/** JSON has no line breaks, so one line of data is enough. */
const nextEvent = (id: string, json: string): string =>
  `event: next\ndata: {"id":${JSON.stringify(id)},"payload":${json}}\n\n`;

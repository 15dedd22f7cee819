import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { Viewer } from '../access/viewer.ts';
import type { Bus } from '../realtime/bus.ts';
import { notify } from '../realtime/notify.ts';
import { subscribeWithRetry } from '../realtime/subscribeWithRetry.ts';
import { toolCallCancelled } from './topics.ts';

/** A call as its client names it. */
export interface NamedCall {
  /** Tells apart the clients that use one credential. */
  readonly session: string;
  /** The id of the call's request, which a client uses once in a session. */
  readonly requestId: string | number;
}

/** A call that runs on this replica. */
export interface RunningCall {
  /** Aborts when the client cancels the call. */
  readonly signal: AbortSignal;
  end(): void;
}

/** The running calls of tools that their clients may cancel by a message of their own. */
export interface ToolCalls {
  begin(viewer: Viewer, call: NamedCall): RunningCall;
  /**
   * Cancels a call of the same user and API key, on any replica. Cancels nothing on a replica with none, or with several of
   * the name.
   */
  cancel(viewer: Viewer, call: NamedCall): Promise<void>;
  close(): Promise<void>;
}

class CallCancelled extends Error {}

/** Hashed, since a session and a request id are texts of the client. */
const nameOf = ({ user, apiKey }: Viewer, { session, requestId }: NamedCall): string =>
  createHash('sha256')
    .update(JSON.stringify([user.id, apiKey?.id ?? null, session, requestId]))
    .digest('base64');

export const createToolCalls = (deps: { readonly bus: Bus; readonly log: Logger }): ToolCalls => {
  const running = new Map<string, Set<AbortController>>();

  const cancelHere = ({ name }: { readonly name: string }): void => {
    const [call, ...others] = running.get(name) ?? [];
    if (others.length === 0) call?.abort(new CallCancelled('the client cancelled the call'));
  };

  const unsubscribe = subscribeWithRetry(deps.bus, toolCallCancelled, 'all', {
    message: cancelHere,
    missed: () => {},
  });

  return {
    begin(viewer, named) {
      const name = nameOf(viewer, named);
      const call = new AbortController();
      const calls = running.get(name) ?? new Set();
      running.set(name, calls.add(call));
      return {
        signal: call.signal,
        end() {
          calls.delete(call);
          if (calls.size === 0 && running.get(name) === calls) running.delete(name);
        },
      };
    },
    async cancel(viewer, named) {
      const name = nameOf(viewer, named);
      // Without the bus, which may be unavailable.
      if (running.has(name)) cancelHere({ name });
      else await notify(deps, toolCallCancelled, 'all', { name });
    },
    close: unsubscribe,
  };
};

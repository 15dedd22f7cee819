import { Failure } from '../../api/errors/failures.ts';
import type { Random } from './random.ts';
import { type Context, currentContext, inContext, type Process, type Scheduler } from './scheduler.ts';

/** A server. A process can lose its connection to each one separately. */
export type Server = 'store' | 'journal' | 'queue';

/** A fault of the next call to a server. */
export interface Fault {
  readonly server: Server;
  /** `before`: the call fails without effect. `after`: it takes effect, but its reply is lost. */
  readonly kind: 'before' | 'after' | 'slow';
}

/** The connections between one process and the servers. */
export interface Link {
  readonly process: Process;
  /** The servers to which the connection is down. */
  readonly down: Set<Server>;
  readonly faults: Fault[];
  /** Called when the process is connected to a server again. Events may have been lost since it disconnected. */
  readonly reconnected: Set<(server: Server) => void>;
  /** Stops its subscriptions at the servers, as a broker does when a connection closes. */
  readonly closed: Set<() => void>;
}

export const createLink = (process: Process): Link => ({
  process,
  down: new Set(),
  faults: [],
  reconnected: new Set(),
  closed: new Set(),
});

/** The time until a call on a connection that is down fails, in ms. */
const downTimeoutMs = 800;
const slowMs = [30, 400, 2500, 9000] as const;

const unavailable = (server: Server) =>
  new Failure('ENGINE_UNAVAILABLE', `The ${server} of the simulation is unavailable.`);

export interface Network {
  /**
   * Sends a call to a server, where `effect` happens in one step, and returns its reply. While the caller is paused, the reply
   * waits, but the call doesn't.
   */
  call<Result>(link: Link, server: Server, label: string, effect: () => Promise<Result>): Promise<Result>;
  /** Delivers events to a listener in order. */
  channel(link: Link, server: Server, label: string, context: Context): (deliver: () => void) => void;
  /** Returns the number of calls that haven't arrived yet. */
  inFlight(): number;
  /** Ends all delays. */
  heal(): void;
}

export const createNetwork = (scheduler: Scheduler, random: Random): Network => {
  let isHealed = false;
  let inFlight = 0;

  const call = <Result>(
    link: Link,
    server: Server,
    label: string,
    effect: () => Promise<Result>,
  ): Promise<Result> =>
    new Promise((resolve, reject) => {
      const context = currentContext() ?? { process: link.process };
      const name = `${server}: ${label}`;
      const reply = (settle: () => void, delayMs = 0) =>
        scheduler.add(`${name} replied`, settle, { context, delayMs });
      if (link.down.has(server)) {
        reply(() => reject(unavailable(server)), downTimeoutMs);
        return;
      }
      const index = link.faults.findIndex((fault) => fault.server === server);
      const fault = index < 0 ? null : link.faults.splice(index, 1)[0];
      if (fault?.kind === 'before') {
        reply(() => reject(unavailable(server)), 20);
        return;
      }
      const slow = fault?.kind === 'slow' && !isHealed ? random.pick(slowMs) : 0;
      inFlight += 1;
      const arrive = () => {
        inFlight -= 1;
        // A call that a killed process had sent may or may not arrive.
        if (link.process.state === 'killed' && random.chance(0.5)) return;
        const result = inContext(context, effect);
        if (fault?.kind === 'after') {
          result.catch(() => {});
          if (context.run) context.run.hasLostReply = true;
          reply(() => reject(unavailable(server)), 20);
        } else if (link.process.state === 'running' && random.chance(0.7)) {
          result.then(resolve, reject);
        } else {
          result.then(
            (value) => reply(() => resolve(value)),
            (error: unknown) => reply(() => reject(error)),
          );
        }
      };
      scheduler.add(`${link.process.name} → ${name}`, arrive, { delayMs: slow });
    });

  return {
    call,
    channel(link, server, label, context) {
      const waiting: (() => void)[] = [];
      const deliverNext = () => {
        const deliver = waiting.shift();
        if (waiting.length > 0) scheduler.add(label, deliverNext, { context });
        deliver?.();
      };
      return (deliver) => {
        if (link.process.state === 'killed' || link.down.has(server)) return;
        waiting.push(deliver);
        if (waiting.length === 1) scheduler.add(label, deliverNext, { context });
      };
    },
    inFlight: () => inFlight,
    heal() {
      isHealed = true;
    },
  };
};

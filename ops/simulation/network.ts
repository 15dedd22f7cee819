import { Failure } from '../../api/errors/failures.ts';
import type { Random } from './random.ts';
import { type Context, currentContext, inContext, type Process, type Scheduler } from './scheduler.ts';

/** What a process talks to. Each can be cut off from it by itself. */
export type Server = 'store' | 'journal' | 'queue';

/** One fault that waits for the next call that it concerns. */
export interface Fault {
  readonly server: Server;
  /** `before`: the call fails and has no effect. `after`: it takes effect, but its answer is lost. */
  readonly kind: 'before' | 'after' | 'slow';
}

/** The way between one process and the servers. */
export interface Link {
  readonly process: Process;
  readonly cut: Set<Server>;
  readonly faults: Fault[];
  /** Called when the process is connected to a server again, after events may have been lost. */
  readonly reconnected: Set<(server: Server) => void>;
  /** Stops its subscriptions at the servers, as a broker does when a connection closes. */
  readonly closed: Set<() => void>;
}

export const createLink = (process: Process): Link => ({
  process,
  cut: new Set(),
  faults: [],
  reconnected: new Set(),
  closed: new Set(),
});

/** How long a call on a connection that is cut takes to fail, in milliseconds. */
const cutFailsAfterMs = 800;
const slowMs = [30, 400, 2500, 9000] as const;

const unavailable = (server: Server) =>
  new Failure('ENGINE_UNAVAILABLE', `The ${server} of the simulation is unavailable.`);

export interface Network {
  /**
   * Sends a call to a server, where `effect` happens in one step, and brings back its answer. The caller's pause holds
   * the answer back, but not the call.
   */
  call<Result>(link: Link, server: Server, label: string, effect: () => Promise<Result>): Promise<Result>;
  /** Brings events to a listener in their order. */
  channel(link: Link, server: Server, label: string, context: Context): (deliver: () => void) => void;
  /** Calls that have not arrived yet. */
  inFlight(): number;
  /** No more faults: what is on its way arrives. */
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
      const reply = (act: () => void, delayMs = 0) =>
        scheduler.add(`${name} answered`, act, { context, delayMs });
      if (link.cut.has(server)) {
        reply(() => reject(unavailable(server)), cutFailsAfterMs);
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
        // What a killed process had sent may arrive or not.
        if (link.process.state === 'killed' && random.chance(0.5)) return;
        const result = inContext(context, effect);
        if (fault?.kind === 'after') {
          result.catch(() => {});
          if (context.run) context.run.hasLostAnswer = true;
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
        if (link.process.state === 'killed' || link.cut.has(server)) return;
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

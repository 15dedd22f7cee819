import type { ClientProcess } from '../load/clientProcess.ts';
import type { Load, LoadResult, Protocol } from '../load/load.ts';
import { countFaults } from '../load/sequence.ts';
import type { BenchProcess, ServiceProcess } from '../processes.ts';

/** A server that is measured, by one protocol. */
export interface Target {
  /** Such as `service, OpenAI`. */
  readonly name: string;
  readonly server: BenchProcess & Partial<Pick<ServiceProcess, 'token' | 'readyMs'>>;
  readonly protocol: Protocol;
}

/** Figures by their name with unit, such as `CPU per token, µs`. */
export type Figures = Readonly<Record<string, number>>;

export interface Bench {
  /** The floor. */
  readonly floor: Target;
  readonly stock: Target;
  /** The service, and the one it is compared with: one target per protocol. */
  readonly services: readonly Target[];
  readonly isShort: boolean;
  /** The streams of `tokens` and the tokens per second of each. */
  readonly steady: { readonly streams: number; readonly rate: number };
  /** The databases that replicas share, by name, with their process ids. */
  readonly databases: Readonly<Record<string, number>>;
  startClients(): Promise<ClientProcess>;
  /** Starts a further process of the service of each checkout, in turn. */
  startServices(): AsyncIterable<{ readonly name: string; readonly service: ServiceProcess }>;
}

export interface Scenario {
  readonly name: string;
  /** What is measured, in one sentence. */
  readonly title: string;
  /** The figure whose ratio to the floor is shown; null if there is none. */
  readonly ratioOf: string | null;
  /** The targets of a round, in their order. */
  targets(bench: Bench): readonly Target[];
  /** Measures one target. Throws if a token was lost, doubled or misordered. */
  measure(bench: Bench, target: Target): Promise<Figures>;
}

export const loadOf = (
  target: Target,
  load: Omit<Load, 'protocol' | 'url' | 'token' | 'isShared' | 'fault'>,
): Load => ({
  protocol: target.protocol,
  url: target.server.url,
  token: target.server.token ?? '',
  isShared: false,
  fault: 'none',
  ...load,
});

/** Throws unless every token arrived once, in order. */
export const checkResult = ({ name }: Target, { faults, errors, tokens }: LoadResult): void => {
  if (countFaults(faults) === 0 && errors.length === 0 && tokens > 0) return;
  const { lost, doubled, misordered, garbled } = faults;
  throw new Error(
    `${name}: ${lost} tokens lost, ${doubled} doubled, ${misordered} misordered, ${garbled} garbled, ${tokens} received. ${errors.slice(0, 3).join(' ')}`,
  );
};

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

import type { Script } from '../servers/script.ts';
import type { Faults } from './sequence.ts';
import type { Latency } from './statistics.ts';

/** The protocols of the clients. `pipe`: Ollama's, at the floor. `stock`: GraphQL at the stock server. */
export type Protocol = 'pipe' | 'ollama' | 'openai' | 'graphql' | 'stock';

/** The load that one process of clients makes. */
export interface Load extends Script {
  readonly protocol: Protocol;
  readonly url: string;
  /** The bearer token; empty for servers without accounts. */
  readonly token: string;
  /** The number of streams, and how many run at once. */
  readonly streams: number;
  readonly concurrency: number;
  /** Whether all streams read one answer. Only `graphql` and `stock`. */
  readonly isShared: boolean;
}

/** What the clients saw in a window of time. */
export interface Window {
  readonly tokens: number;
  /** From the upstream to the client, in ms. */
  readonly latency: Latency;
}

/** What the clients saw from the first request to the last end. */
export interface LoadResult {
  readonly tokens: number;
  readonly faults: Faults;
  /** From the request of each stream to its first token, in ms, in the order of the requests. */
  readonly firstMs: readonly number[];
  /** Messages of failed streams, without repetitions. */
  readonly errors: readonly string[];
}

export type Command =
  | { readonly type: 'run'; readonly load: Load }
  /** Begins a window. */
  | { readonly type: 'mark' }
  /** Ends the window. */
  | { readonly type: 'read' }
  /** Opens sockets with a subscription that stays silent. */
  | { readonly type: 'idle'; readonly url: string; readonly token: string; readonly sockets: number };

export type Report =
  | { readonly type: 'listening' }
  /** All streams have their first token. */
  | { readonly type: 'flowing' }
  | { readonly type: 'window'; readonly window: Window }
  | { readonly type: 'ended'; readonly result: LoadResult }
  | { readonly type: 'subscribed' };

import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, createTestClient } from '../e2e/harness/client.ts';

/** The pause of a person between two actions, in ms; far shorter than real ones, so that a flood gives enough samples. */
const pauseMs = 20;

/**
 * Of this many sockets one authenticates by `connection_init`, like those of programs; browsers do by the upgrade request.
 * Not more, because an upgrade without credentials counts for the address.
 */
const lateRounds = 5;

export interface ProbeResult {
  /** The latencies of all actions, in ms, sorted. */
  readonly latencies: readonly number[];
  /** The slowest action, with its name. */
  readonly slowest: string;
  readonly failures: readonly string[];
}

/** Returns the message of an error, or the code of a socket's close event. */
const explain = (error: unknown): string => {
  if (error instanceof Error) return `${error.message} ${error.cause ?? ''}`;
  const { code, reason } = error as { readonly code?: number; readonly reason?: string };
  return `closed with ${code} ${reason}`;
};

/** Returns the percentile of sorted values. */
export const percentile = (sorted: readonly number[], percent: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * percent) / 100) - 1)] ?? 0;

/**
 * Does what a person does, again and again until `signal` aborts: lists conversations, opens a socket, sends a message and
 * reads the answer. Measures each action; of the answer, the time until its first event, since an engine decides the rest.
 */
export const probe = async (
  urls: readonly string[],
  token: string,
  signal: AbortSignal,
): Promise<ProbeResult> => {
  const latencies: { readonly action: string; readonly ms: number }[] = [];
  const failures: string[] = [];

  const timed = async <Result>(action: string, act: () => Promise<Result>): Promise<Result> => {
    const from = performance.now();
    const result = await act().catch((error: unknown) => {
      throw new Error(`${action}: ${explain(error)}`);
    });
    latencies.push({ action, ms: performance.now() - from });
    return result;
  };

  const readAnswer = async (client: Client, id: string) => {
    const events = client.watch(id);
    const first = await timed('open the stream', () => events.next());
    let status = first.value?.status;
    for await (const event of events) status = event.status;
    if (status !== 'COMPLETED') throw new Error(`the answer ended with ${status}`);
  };

  let conversationId: string | null = null;
  for (let round = 0; !signal.aborted; round += 1) {
    const client = createTestClient(urls[round % urls.length] ?? '', token, {
      authenticatesUpgrade: round % lateRounds > 0,
    });
    try {
      await timed('list conversations', () =>
        client.data('{ conversations(first: 20) { edges { node { id title } } } }'),
      );
      await timed('open a socket', async () => {
        const events = client.subscribe('query { viewer { id } }');
        for await (const event of events) if (!event) throw new Error('no viewer');
      });
      const started = await timed('send a message', () =>
        client.generate({ prompt: 'Count to 10.', ...(conversationId !== null && { conversationId }) }),
      );
      // A conversation of a few messages.
      conversationId = round % 4 === 3 ? null : started.conversation.id;
      await readAnswer(client, started.generation.id);
    } catch (error) {
      failures.push(String(error));
      conversationId = null;
    } finally {
      await client.close();
    }
    await sleep(pauseMs);
  }
  const sorted = latencies.toSorted((one, other) => one.ms - other.ms);
  const slowest = sorted.at(-1);
  return {
    latencies: sorted.map(({ ms }) => ms),
    slowest: slowest ? `${slowest.action} ${Math.round(slowest.ms)} ms` : 'none',
    failures,
  };
};

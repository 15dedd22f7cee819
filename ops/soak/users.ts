import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../simulation/random.ts';
import type { Target } from './transports.ts';

export interface WorkCounts {
  generated: number;
  cancelled: number;
  continued: number;
  /** Requests that failed, as is expected during an outage. */
  failed: number;
}

/** The pause between two requests of one user, in ms, and the timeout of a request: its replica may be paused. */
const maxPauseMs = 700;
const requestTimeoutMs = 30_000;
/** Generations that no request cancels or continues any more: their readers have to catch up. */
const maxRecent = 12;
/** The maximum number of unfinished generations, so that the queue stays short. */
const maxTokens = 320;

export const isFinal = (status: string): boolean => status !== 'QUEUED' && status !== 'RUNNING';

interface Answer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly unknown[];
}

/** Sends a GraphQL request. Throws on any error. */
export const request = async <Data>(
  { url, token }: Target,
  query: string,
  variables: Readonly<Record<string, unknown>>,
): Promise<Data> => {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(requestTimeoutMs),
  });
  const { data, errors } = (await response.json()) as Answer<Data>;
  if (errors || !data) throw new Error(JSON.stringify(errors));
  return data;
};

const generate = 'mutation ($input: GenerateInput!) { generate(input: $input) { generation { id } } }';
const cancel = 'mutation ($id: ID!) { cancelGeneration(input: { id: $id }) { generation { id } } }';
const resume = 'mutation ($id: ID!) { continueGeneration(input: { id: $id }) { generation { id } } }';

export interface UserDeps {
  readonly random: Random;
  readonly anyTarget: () => Target;
  /** All generations, oldest first. */
  readonly ids: string[];
  readonly counts: WorkCounts;
  readonly number: number;
}

/** A user who generates, cancels and continues without pause until the signal aborts. */
export const work = async (deps: UserDeps, signal: AbortSignal): Promise<void> => {
  const { random, anyTarget, ids, counts } = deps;
  let requests = 0;
  const send = async () => {
    const [first, ...others] = ids.slice(-maxRecent);
    const choice = random.below(10);
    if (first === undefined || choice < 2) {
      requests += 1;
      const tokens = 40 + random.below(maxTokens);
      // A lost response must not make a second answer.
      const input = {
        prompt: `Count to ${tokens}, labelled.`,
        idempotencyKey: `user ${deps.number} request ${requests}`,
      };
      const created = await request<{ generate: { generation: { id: string } } }>(anyTarget(), generate, {
        input,
      });
      ids.push(created.generate.generation.id);
      counts.generated += 1;
      return;
    }
    const id = random.pick([first, ...others]);
    const isCancel = choice < 5;
    await request(anyTarget(), isCancel ? cancel : resume, { id });
    counts[isCancel ? 'cancelled' : 'continued'] += 1;
  };
  while (!signal.aborted) {
    await send().catch(() => {
      counts.failed += 1;
    });
    await sleep(random.below(maxPauseMs), undefined, { signal }).catch(() => {});
  }
};

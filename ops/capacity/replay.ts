import { setTimeout as sleep } from 'node:timers/promises';
import type { Arrival } from './day.ts';
import { type Times, timesOf } from './simulation.ts';

export interface ReplayTarget {
  /** Without a slash at its end. */
  readonly url: string;
  /** API keys or session tokens. Users take turns with them. */
  readonly tokens: readonly [string, ...string[]];
  readonly model: string;
  /** The maximum time of one request, in ms. */
  readonly timeoutMs: number;
}

export interface Replayed {
  readonly completed: number;
  /** Requests without a whole answer, by status or error. */
  readonly failures: Readonly<Record<string, number>>;
  readonly firstToken: Times;
  readonly total: Times;
  /** Tokens of all answers. */
  readonly tokens: number;
  readonly durationMs: number;
}

/** Returns a prompt of about that many tokens that asks for an answer of that length. */
const promptOf = ({ promptTokens, answerTokens }: Arrival): string =>
  `Count to ${answerTokens}.${' Please.'.repeat(Math.max(0, Math.min(4000, promptTokens - 5) >> 1))}`;

/** Sends one request, and returns when its first and its last token arrived, in ms since its start. */
const ask = async (
  { url, tokens, model, timeoutMs }: ReplayTarget,
  arrival: Arrival,
): Promise<{ readonly firstMs: number; readonly totalMs: number; readonly tokens: number }> => {
  const startedAt = performance.now();
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${tokens[arrival.user % tokens.length]}`,
    },
    body: JSON.stringify({
      model,
      messages: [{ role: 'user', content: promptOf(arrival) }],
      max_tokens: arrival.answerTokens,
      stream: true,
      stream_options: { include_usage: true },
    }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    throw new Error(String(response.status));
  }
  let firstMs = 0;
  let received = 0;
  let text = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (text + chunk).split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      if (line === 'data: [DONE]')
        return { firstMs, totalMs: performance.now() - startedAt, tokens: received };
      if (!line.startsWith('data: ')) continue;
      const event = JSON.parse(line.slice(6));
      if (event.error) throw new Error(String(event.error.code ?? 'error'));
      // An event may have several tokens.
      received = event.usage?.completion_tokens ?? received;
      const { content, reasoning_content } = event.choices?.[0]?.delta ?? {};
      if (firstMs === 0 && (content || reasoning_content)) firstMs = performance.now() - startedAt;
    }
  }
  throw new Error('the answer was cut off');
};

/** Replays the requests in real time against a deployment. */
export const replay = async (
  arrivals: readonly Arrival[],
  target: ReplayTarget,
  say: (line: string) => void = () => {},
): Promise<Replayed> => {
  const startedAt = performance.now();
  const failures: Record<string, number> = {};
  const [firsts, totals]: [number[], number[]] = [[], []];
  let tokens = 0;
  const open = new Set<Promise<void>>();
  for (const [index, arrival] of arrivals.entries()) {
    await sleep(Math.max(0, startedAt + arrival.atMs - performance.now()));
    const asked = ask(target, arrival)
      .then((answer) => {
        firsts.push(answer.firstMs);
        totals.push(answer.totalMs);
        tokens += answer.tokens;
      })
      .catch((error: Error) => {
        failures[error.message] = (failures[error.message] ?? 0) + 1;
      })
      .finally(() => open.delete(asked));
    open.add(asked);
    if ((index + 1) % 100 === 0) say(`${index + 1} of ${arrivals.length} requests, ${open.size} open`);
  }
  await Promise.all(open);
  return {
    completed: totals.length,
    failures,
    firstToken: timesOf(firsts),
    total: timesOf(totals),
    tokens,
    durationMs: performance.now() - startedAt,
  };
};

/** How fast one request after another is answered: the calibration of a simulation. */
export interface Calibration {
  readonly tokensPerSecond: number;
  readonly tokensPerSecondInAll: number;
  readonly overheadMs: number;
}

/** Measures a deployment that is otherwise idle: answers alone, and `slots` at once. */
export const calibrate = async (
  target: ReplayTarget,
  slots: number,
  answerTokens = 60,
): Promise<Calibration> => {
  const one = { atMs: 0, user: 0, promptTokens: 10, answerTokens };
  const measure = async (count: number) => {
    const asked = Array.from({ length: count }, (_, user) => ask(target, { ...one, user }));
    const answers = await Promise.all(asked);
    const rates = answers.map(({ firstMs, totalMs, tokens }) => ((tokens - 1) * 1000) / (totalMs - firstMs));
    return { rate: timesOf(rates).mean, firstMs: timesOf(answers.map(({ firstMs }) => firstMs)).mean };
  };
  await measure(1);
  const alone = [await measure(1), await measure(1), await measure(1)];
  const tokensPerSecond = timesOf(alone.map(({ rate }) => rate)).p50;
  const together = await measure(slots);
  return {
    tokensPerSecond,
    tokensPerSecondInAll: Math.min(tokensPerSecond, together.rate) * slots,
    // The first token is part of the answer.
    overheadMs: Math.max(0, timesOf(alone.map(({ firstMs }) => firstMs)).p50 - 1000 / tokensPerSecond),
  };
};

/** Returns the first model of a deployment. */
export const firstModel = async ({ url, tokens: [token] }: Omit<ReplayTarget, 'model'>): Promise<string> => {
  const response = await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${token}` } });
  const { data = [] }: { data?: readonly { id: string }[] } = await response.json();
  const [first] = data;
  if (!first) throw new Error(`${url} lists no models (status ${response.status}).`);
  return first.id;
};

import { createTestClient, type GenerationEvent } from '../e2e/harness/client.ts';

/** Where and as whom a reader connects. */
export interface Target {
  readonly url: string;
  readonly token: string;
}

/** Yields the events of a generation from a cursor on. Leaving the loop disconnects. */
export type Watch = (
  target: Target,
  id: string,
  after: number,
  signal: AbortSignal,
) => AsyncGenerator<GenerationEvent>;

/** Watches over a WebSocket of its own. */
export const watchOverSocket: Watch = async function* ({ url, token }, id, after, signal) {
  const client = createTestClient(url, token);
  // Rejects if the connection failed, which the loop below reports.
  const close = () => client.close().catch(() => {});
  signal.addEventListener('abort', close, { once: true });
  try {
    yield* client.watch(id, after);
  } finally {
    signal.removeEventListener('abort', close);
    await close();
  }
};

const document = `subscription ($id: ID!, $after: Int) {
  generation(id: $id, after: $after) { offset delta cursor status attempt queuePosition }
}`;

interface Result {
  readonly data?: { readonly generation: GenerationEvent } | null;
  readonly errors?: readonly unknown[];
}

/** Watches over server-sent events. */
export const watchOverHttp: Watch = async function* ({ url, token }, id, after, signal) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify({ query: document, variables: { id, after } }),
    signal,
  });
  if (!response.body || response.status !== 200) {
    throw new Error(`server-sent events: ${response.status} ${await response.text()}`);
  }
  let buffered = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const messages = (buffered + chunk).split('\n\n');
    buffered = messages.pop() ?? '';
    for (const message of messages) {
      const data = /^data: (.+)$/m.exec(message)?.[1];
      if (data === undefined) continue;
      const { data: event, errors } = JSON.parse(data) as Result;
      if (errors || !event) throw new Error(JSON.stringify(errors));
      yield event.generation;
    }
  }
};

import { Agent, type IncomingMessage, request } from 'node:http';
import type { Load, Protocol } from './load.ts';
import type { SocketClient } from './socketClient.ts';

/** Reads one answer: calls `onText` for each chunk of its text, and resolves at its end. Rejects if it fails. */
export type ReadStream = (prompt: string, onText: (text: string) => void) => Promise<void>;

const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

interface LineOf {
  readonly message?: { readonly content?: string };
  readonly choices?: readonly { readonly delta?: { readonly content?: string } }[];
  readonly error?: unknown;
}

/** Returns the text in a line of Ollama's or OpenAI's stream. */
const textOf = (line: string): string => {
  const json = line.startsWith('data: ') ? line.slice(6) : line;
  if (json === '' || json === '[DONE]') return '';
  const { message, choices, error } = JSON.parse(json) as LineOf;
  if (error) throw new Error(JSON.stringify(error));
  return message?.content ?? choices?.[0]?.delta?.content ?? '';
};

const paths: Readonly<Record<Exclude<Protocol, 'graphql' | 'stock'>, string>> = {
  pipe: '/api/chat',
  ollama: '/api/llm/chat',
  openai: '/v1/chat/completions',
};

/** Creates a reader of streams over HTTP. */
export const overHttp = (
  { url, token }: Load,
  protocol: Exclude<Protocol, 'graphql' | 'stock'>,
): ReadStream => {
  const path = paths[protocol];
  return (prompt, onText) =>
    new Promise((resolve, reject) => {
      const sent = request(
        `${url}${path}`,
        {
          method: 'POST',
          agent,
          headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
        },
        (response: IncomingMessage) => {
          let rest = '';
          response.setEncoding('utf8');
          response.on('error', reject);
          response.on('data', (chunk: string) => {
            const lines = (rest + chunk).split('\n');
            rest = lines.pop() ?? '';
            try {
              for (const line of lines) {
                const text = textOf(line);
                if (text !== '') onText(text);
              }
            } catch (error) {
              reject(error);
            }
          });
          response.on('end', () => {
            if (response.statusCode === 200) resolve();
            else reject(new Error(`${response.statusCode} ${rest}`));
          });
        },
      );
      sent.on('error', reject);
      sent.end(
        JSON.stringify({
          model: 'bench:latest',
          stream: true,
          messages: [{ role: 'user', content: prompt }],
        }),
      );
    });
};

const generate = 'mutation ($input: GenerateInput!) { generate(input: $input) { generation { id } } }';

/** What the web app selects. */
const follow = `subscription ($id: ID!, $after: Int!) {
  generation(id: $id, after: $after) {
    offset delta cursor thinkingOffset thinkingDelta queuePosition
    generation {
      id status attempt finishReason canContinue
      error { code message }
      usage { promptTokens completionTokens tokensPerSecond timeToFirstToken duration }
    }
  }
}`;

interface Chunk {
  readonly offset: number;
  readonly delta: string;
}

/** Passes a chunk on, and throws if there is a gap before it or it repeats text. */
const inOrder = (onText: (text: string) => void) => {
  let length = 0;
  return ({ offset, delta }: Chunk) => {
    if (offset !== length) throw new Error(`A chunk has the offset ${offset} instead of ${length}.`);
    length += delta.length;
    if (delta !== '') onText(delta);
  };
};

const runFor = async <Data>(
  socket: SocketClient,
  query: string,
  variables: Readonly<Record<string, unknown>>,
  onData: (data: Data) => void,
): Promise<void> => {
  const failure = Promise.withResolvers<never>();
  const done = socket.run(query, variables, ({ data, errors }) => {
    try {
      if (errors || !data) throw new Error(JSON.stringify(errors));
      onData(data as Data);
    } catch (error) {
      failure.reject(error);
    }
  });
  await Promise.race([done, failure.promise]);
};

export const startGeneration = async (socket: SocketClient, prompt: string): Promise<string> => {
  let id = '';
  await runFor<{ generate: { generation: { id: string } } }>(
    socket,
    generate,
    { input: { prompt } },
    (data) => {
      id = data.generate.generation.id;
    },
  );
  return id;
};

export const followGeneration = (
  socket: SocketClient,
  id: string,
  onText: (text: string) => void,
): Promise<void> => {
  const read = inOrder(onText);
  return runFor<{ generation: Chunk }>(socket, follow, { id, after: 0 }, ({ generation }) =>
    read(generation),
  );
};

/** Creates a reader of the service's subscription. Its answers are in conversations. */
export const overGraphQL =
  (socket: SocketClient): ReadStream =>
  async (prompt, onText) =>
    followGeneration(socket, await startGeneration(socket, prompt), onText);

export const overStock =
  (socket: SocketClient, field: 'answer' | 'shared'): ReadStream =>
  (prompt, onText) => {
    const read = inOrder(onText);
    const query = `subscription ($prompt: String!) { chunk: ${field}(prompt: $prompt) { offset delta } }`;
    return runFor<{ chunk: Chunk }>(socket, query, { prompt }, ({ chunk }) => read(chunk));
  };

export const startStock = (socket: SocketClient, prompt: string): Promise<void> =>
  runFor(socket, 'mutation ($prompt: String!) { start(prompt: $prompt) }', { prompt }, () => {});

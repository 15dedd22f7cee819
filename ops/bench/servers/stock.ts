import { setMaxListeners } from 'node:events';
import { createServer } from 'node:http';
import { useServer as serveSockets } from 'graphql-ws/use/ws';
import { createPubSub, createSchema, createYoga, type PubSubEventTarget } from 'graphql-yoga';
import { WebSocketServer } from 'ws';
import { announce } from './announce.ts';

/** Yoga and graphql-ws as their documentation sets them up: without accounts, limits, queue, journal and store. */
const [upstream = ''] = process.argv.slice(2);

interface Chunk {
  readonly offset: number;
  readonly delta: string;
}

async function* answer(prompt: string): AsyncGenerator<Chunk, void, undefined> {
  const response = await fetch(`${upstream}/api/chat`, {
    method: 'POST',
    body: JSON.stringify({ model: 'bench:latest', messages: [{ role: 'user', content: prompt }] }),
  });
  const decoder = new TextDecoder();
  let rest = '';
  let offset = 0;
  for await (const bytes of response.body ?? []) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const { message } = JSON.parse(line) as { message: { content: string } };
      if (message.content === '') continue;
      yield { offset, delta: message.content };
      offset += message.content.length;
    }
  }
}

type Topics = { chunk: [prompt: string, payload: Chunk | 'end'] };

const eventTarget: PubSubEventTarget<Topics> = new EventTarget();
// One answer may have a thousand readers.
setMaxListeners(0, eventTarget);
const pubSub = createPubSub<Topics>({ eventTarget });
const started = new Set<string>();

/** Publishes an answer once, to all of its readers. */
const share = (prompt: string): void => {
  if (started.has(prompt)) return;
  started.add(prompt);
  const run = async () => {
    for await (const chunk of answer(prompt)) pubSub.publish('chunk', prompt, chunk);
    pubSub.publish('chunk', prompt, 'end');
  };
  void run();
};

async function* shared(prompt: string): AsyncGenerator<Chunk, void, undefined> {
  for await (const chunk of pubSub.subscribe('chunk', prompt)) {
    if (chunk === 'end') return;
    yield chunk;
  }
}

const schema = createSchema({
  typeDefs: `
    type Chunk { offset: Int! delta: String! }
    type Query { ok: Boolean! }
    type Mutation { start(prompt: String!): Boolean! }
    type Subscription { answer(prompt: String!): Chunk! shared(prompt: String!): Chunk! }
  `,
  resolvers: {
    Query: { ok: () => true },
    Mutation: {
      start: (_root: unknown, { prompt }: { prompt: string }) => {
        share(prompt);
        return true;
      },
    },
    Subscription: {
      answer: {
        subscribe: (_root: unknown, { prompt }: { prompt: string }) => answer(prompt),
        resolve: (chunk: Chunk) => chunk,
      },
      shared: {
        subscribe: (_root: unknown, { prompt }: { prompt: string }) => shared(prompt),
        resolve: (chunk: Chunk) => chunk,
      },
    },
  },
});

const yoga = createYoga({ schema, logging: false });
const server = createServer(yoga);
const sockets = new WebSocketServer({ server, path: '/graphql' });
serveSockets(
  {
    execute: (args) => (args.rootValue as ReturnType<typeof yoga.getEnveloped>).execute(args),
    subscribe: (args) => (args.rootValue as ReturnType<typeof yoga.getEnveloped>).subscribe(args),
    onSubscribe: async (_context, _id, payload) => {
      const enveloped = yoga.getEnveloped({ params: payload });
      const document = enveloped.parse(payload.query);
      const errors = enveloped.validate(enveloped.schema, document);
      if (errors.length > 0) return errors;
      return {
        schema: enveloped.schema,
        document,
        operationName: payload.operationName,
        variableValues: payload.variables,
        contextValue: await enveloped.contextFactory(),
        rootValue: enveloped,
      };
    },
  },
  sockets,
);
await announce([server]);

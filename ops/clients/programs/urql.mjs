// Features of urql, with graphql-ws and graphql-sse for its subscriptions.
import { run, settings } from './features.mjs';

const { Client, fetchExchange, gql, subscriptionExchange } = await import(process.argv[2]);
const { createClient: createSocket } = await import(process.argv[3]);
const { createClient: createEvents } = await import(process.argv[4]);
const { url, key, model } = settings;
const headers = { Authorization: `Bearer ${key}` };
const endpoint = { url: `${url}/graphql`, preferGetMethod: false, fetchOptions: { headers } };
const client = new Client({ ...endpoint, exchanges: [fetchExchange], fetchSubscriptions: true });
const generate = gql`
  mutation ($input: GenerateInput!) { generate(input: $input) { generation { id } } }
`;
const watch = gql`
  subscription ($id: ID!) { generation(id: $id) { delta } }
`;
const begin = async () => {
  const input = { prompt: 'What is 2+2?', model, options: { maxTokens: 8 } };
  const { data, error } = await client.mutation(generate, { input }).toPromise();
  if (error) throw error;
  return data.generate.generation.id;
};
const textOf = async (subscriber) => {
  const id = await begin();
  return new Promise((resolve, reject) => {
    let text = '';
    const { unsubscribe } = subscriber.subscription(watch, { id }).subscribe(({ data, error, hasNext }) => {
      if (error) return reject(error);
      text += data?.generation.delta ?? '';
      if (hasNext === false || text !== '') {
        resolve(text);
        queueMicrotask(() => unsubscribe());
      }
    });
  });
};
const through = (transport) =>
  new Client({
    ...endpoint,
    exchanges: [
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: (request) => ({
          subscribe: (sink) => ({
            unsubscribe: transport.subscribe({ ...request, query: request.query ?? '' }, sink),
          }),
        }),
      }),
    ],
  });
const events = (singleConnection) =>
  createEvents({
    url: `${url}/graphql`,
    headers,
    singleConnection,
    retryAttempts: 0,
  });

await run({
  models: async () => {
    const { data } = await client
      .query(gql`{ models(first: 5) { edges { node { name } } } }`, {})
      .toPromise();
    return data.models.edges.length > 0;
  },
  // Before the answers: while several run, a request is rejected by the running limit instead.
  errors: async () => {
    const { error } = await client.mutation(generate, { input: { prompt: ' ' } }).toPromise();
    return error.graphQLErrors[0].extensions.code === 'BAD_USER_INPUT';
  },
  chat: async () => (await begin()) !== '',
  'streamed chat': async () => (await textOf(client)) !== '',
  'subscriptions by socket': async () => {
    const socket = createSocket({
      url: `${url.replace('http', 'ws')}/graphql`,
      connectionParams: headers,
      webSocketImpl: globalThis.WebSocket,
    });
    try {
      return (await textOf(through(socket))) !== '';
    } finally {
      await socket.dispose();
    }
  },
  'subscriptions by events': async () => {
    const transport = events(false);
    try {
      return (await textOf(through(transport))) !== '';
    } finally {
      transport.dispose();
    }
  },
  'one event stream': async () => {
    const transport = events(true);
    try {
      return (await textOf(through(transport))) !== '';
    } finally {
      transport.dispose();
    }
  },
});

// Features of Apollo Client: queries, mutations, persisted queries, and subscriptions over HTTP and over a socket.
import { run, settings } from './features.mjs';

const { ApolloClient, ApolloLink, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache } = await import(
  process.argv[2]
);
const { GraphQLWsLink } = await import(process.argv[3]);
const { PersistedQueryLink } = await import(process.argv[4]);
const { createClient } = await import(process.argv[5]);
const { createHash } = await import('node:crypto');
const { url, key, model } = settings;
const headers = { Authorization: `Bearer ${key}` };
const http = new HttpLink({ uri: `${url}/graphql`, headers });
const clientOf = (link) =>
  new ApolloClient({
    link,
    cache: new InMemoryCache(),
    defaultOptions: { query: { fetchPolicy: 'no-cache' } },
  });
const client = clientOf(http);
const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const generate = gql`
  mutation ($input: GenerateInput!) { generate(input: $input) { generation { id } } }
`;
const watch = gql`
  subscription ($id: ID!) { generation(id: $id) { delta generation { status } } }
`;
const begin = async () => {
  const input = { prompt: 'What is 2+2?', model, options: { maxTokens: 8 } };
  return (await client.mutate({ mutation: generate, variables: { input } })).data.generate.generation.id;
};
const textOf = async (subscriber) => {
  const id = await begin();
  return new Promise((resolve, reject) => {
    let text = '';
    subscriber.subscribe({ query: watch, variables: { id } }).subscribe({
      next: ({ data, error }) => {
        if (error) reject(error);
        text += data?.generation.delta ?? '';
      },
      error: reject,
      complete: () => resolve(text),
    });
  });
};

await run({
  models: async () => {
    const { data } = await client.query({ query: gql`{ models(first: 5) { edges { node { name } } } }` });
    return data.models.edges.length > 0;
  },
  chat: async () => (await begin()) !== '',
  'streamed chat': async () => (await textOf(client)) !== '',
  'subscriptions by socket': async () => {
    const socket = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      connectionParams: headers,
      webSocketImpl: globalThis.WebSocket,
    });
    try {
      return (await textOf(clientOf(new GraphQLWsLink(socket)))) !== '';
    } finally {
      await socket.dispose();
    }
  },
  'persisted queries': async () => {
    const link = ApolloLink.from([new PersistedQueryLink({ sha256: async (text) => sha256(text) }), http]);
    const query = gql`query Persisted { viewer { username } }`;
    const ask = () => clientOf(link).query({ query });
    return (await ask()).data.viewer.username !== '' && (await ask()).data.viewer.username !== '';
  },
  errors: async () => {
    const input = { prompt: ' ' };
    const error = await client.mutate({ mutation: generate, variables: { input } }).catch((reason) => reason);
    return CombinedGraphQLErrors.is(error) && error.errors[0].extensions.code === 'BAD_USER_INPUT';
  },
});

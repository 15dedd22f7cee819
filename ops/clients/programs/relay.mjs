// Features of Relay, with graphql-ws and graphql-sse for its subscriptions. relay-compiler gets the schema by introspection.
// The folder of the packages is the first argument.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { run, settings } from './features.mjs';

const packages = process.argv[2];
const require = createRequire(join(packages, 'package.json'));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const { buildClientSchema, getIntrospectionQuery, printSchema } = await load('graphql');
const { createClient: createSocket } = await load('graphql-ws');
const { createClient: createEvents } = await load('graphql-sse');
const {
  commitMutation,
  Environment,
  fetchQuery,
  Network,
  Observable,
  RecordSource,
  requestSubscription,
  Store,
} = require('relay-runtime');

const { url, key, model } = settings;
const headers = { Authorization: `Bearer ${key}` };
const post = async (body) => {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'application/json', Accept: 'application/graphql-response+json' },
    body: JSON.stringify(body),
  });
  return response.json();
};

const documents = `
const { graphql } = require('relay-runtime');
graphql\`query RelayModelsQuery { models(first: 5) { edges { node { name } } } }\`;
graphql\`mutation RelayGenerateMutation($input: GenerateInput!) {
  generate(input: $input) { conversation { ...Relay_conversation id } generation { id } }
}\`;
graphql\`subscription RelayWatchSubscription($id: ID!) { generation(id: $id) { delta generation { status } } }\`;
graphql\`fragment Relay_conversation on Conversation @refetchable(queryName: "RelayConversationQuery") { title }\`;
graphql\`query RelayPagesQuery($after: String) {
  conversations(first: 1, after: $after) @connection(key: "RelayPagesQuery_conversations") { edges { node { id } } }
}\`;
`;

const folder = await mkdtemp(join(packages, 'relay-'));

/** Compiles the documents, and returns an operation's artifact. */
const compile = async () => {
  const { data } = await post({ query: getIntrospectionQuery() });
  await mkdir(join(folder, 'src'));
  await writeFile(join(folder, 'schema.graphql'), printSchema(buildClientSchema(data)));
  await writeFile(join(folder, 'src', 'Relay.js'), documents);
  const config = { src: './src', schema: './schema.graphql', language: 'javascript' };
  await writeFile(join(folder, 'relay.config.json'), JSON.stringify(config));
  // The artifacts are CommonJS.
  await writeFile(join(folder, 'package.json'), '{}');
  const compiler = join(packages, 'node_modules', 'relay-compiler', 'cli.js');
  await promisify(execFile)(process.execPath, [compiler], { cwd: folder, timeout: 120_000 }).catch(
    (error) => {
      throw new Error(`${error.stdout}${error.stderr}`.slice(0, 600));
    },
  );
  return (name) => require(join(folder, 'src', '__generated__', `${name}.graphql.js`));
};

const environmentOf = (transport) =>
  new Environment({
    store: new Store(new RecordSource()),
    network: Network.create(
      ({ name, text }, variables) => post({ operationName: name, query: text, variables }),
      ({ name, text }, variables) =>
        Observable.create((sink) =>
          transport.subscribe({ operationName: name, query: text ?? '', variables }, sink),
        ),
    ),
  });

try {
  const artifact = await compile();
  const environment = environmentOf(null);
  const generate = (input) =>
    new Promise((resolve, reject) => {
      commitMutation(environment, {
        mutation: artifact('RelayGenerateMutation'),
        variables: { input },
        onCompleted: (data, errors) => (errors?.length ? reject(errors[0]) : resolve(data.generate)),
        onError: reject,
      });
    });
  const begin = () => generate({ prompt: 'What is 2+2?', model, options: { maxTokens: 8 } });
  const textThrough = async (transport) => {
    const { generation } = await begin();
    return new Promise((resolve, reject) => {
      let text = '';
      requestSubscription(environmentOf(transport), {
        subscription: artifact('RelayWatchSubscription'),
        variables: { id: generation.id },
        onNext: (data) => {
          text += data.generation.delta;
        },
        onError: reject,
        onCompleted: () => resolve(text),
      });
    });
  };
  await run({
    models: async () => {
      const data = await fetchQuery(environment, artifact('RelayModelsQuery'), {}).toPromise();
      return data.models.edges.length > 0;
    },
    // Before the answers: while several run, a request is rejected by the running limit instead.
    errors: async () => {
      const error = await generate({ prompt: ' ' }).catch((reason) => reason);
      return error.extensions.code === 'BAD_USER_INPUT';
    },
    chat: async () => (await begin()).generation.id !== '',
    'subscriptions by socket': async () => {
      const socket = createSocket({
        url: `${url.replace('http', 'ws')}/graphql`,
        connectionParams: headers,
        webSocketImpl: globalThis.WebSocket,
      });
      try {
        return (await textThrough(socket)) !== '';
      } finally {
        await socket.dispose();
      }
    },
    'subscriptions by events': async () => {
      const events = createEvents({ url: `${url}/graphql`, headers, retryAttempts: 0 });
      try {
        return (await textThrough(events)) !== '';
      } finally {
        events.dispose();
      }
    },
    // Relay joins the pages of a connection in its store.
    'pages of a connection': async () => {
      await begin();
      const page = (after) => fetchQuery(environment, artifact('RelayPagesQuery'), { after }).toPromise();
      const first = await page(null);
      const both = await page(first.conversations.pageInfo.endCursor);
      return first.conversations.edges.length === 1 && both.conversations.edges.length === 2;
    },
    'refetch by id': async () => {
      const { conversation } = await begin();
      const query = artifact('RelayConversationQuery');
      const data = await fetchQuery(environment, query, { id: conversation.id }).toPromise();
      return data.node !== null;
    },
  });
} finally {
  await rm(folder, { recursive: true, force: true });
}

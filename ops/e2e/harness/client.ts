import { createClient, type Client as SocketClient } from 'graphql-ws';
import WebSocket from 'ws';

export interface GraphQLAnswer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions?: { readonly code?: string } & Readonly<Record<string, unknown>>;
  }[];
}

export interface GenerationEvent {
  readonly offset: number;
  readonly delta: string;
  readonly cursor: number;
  readonly status: string;
  readonly attempt: number;
  readonly queuePosition: number | null;
}

export interface Started {
  readonly generation: { readonly id: string; readonly status: string; readonly model: string };
  readonly conversation: { readonly id: string; readonly title: string };
  readonly userMessageEdge: { readonly node: { readonly id: string } };
  readonly assistantMessageEdge: { readonly node: { readonly id: string } };
}

const started = `
  generation { id status model }
  conversation { id title }
  userMessageEdge { node { id } }
  assistantMessageEdge { node { id } }
`;

/** A client of the service: HTTP with a bearer token, and a socket. */
export interface Client {
  readonly token: string;
  query<Data>(query: string, variables?: Readonly<Record<string, unknown>>): Promise<GraphQLAnswer<Data>>;
  /** Like `query`, but throws on errors. */
  data<Data>(query: string, variables?: Readonly<Record<string, unknown>>): Promise<Data>;
  generate(input: Readonly<Record<string, unknown>>): Promise<Started>;
  /** Yields the events of a generation until it ends. Leaving the loop unsubscribes. */
  watch(id: string, after?: number): AsyncIterableIterator<GenerationEvent>;
  /** Yields the events of any subscription. */
  subscribe<Data>(query: string, variables?: Readonly<Record<string, unknown>>): AsyncIterableIterator<Data>;
  /** Resolves to the text and the final status when the generation has ended. */
  finished(id: string): Promise<{ text: string; status: string }>;
  close(): Promise<void>;
}

export const signIn = async (url: string, username: string, password: string): Promise<Client> => {
  const response = await fetch(`${url}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password }),
  });
  if (response.status !== 200) throw new Error(`sign-in: ${response.status} ${await response.text()}`);
  const { access_token } = (await response.json()) as { access_token: string };
  return createTestClient(url, access_token);
};

/** Options of a client's socket. */
export interface SocketOptions {
  /** Whether the upgrade request has the token, as a browser's has the cookie; otherwise `connection_init` has it. */
  readonly authenticatesUpgrade?: boolean;
}

export const createTestClient = (
  url: string,
  token: string,
  { authenticatesUpgrade = false }: SocketOptions = {},
): Client => {
  class AuthenticatedWebSocket extends WebSocket {
    constructor(address: string, protocols: string | string[]) {
      super(address, protocols, { headers: { authorization: `Bearer ${token}` } });
    }
  }
  let socket: SocketClient | null = null;
  const connect = () => {
    socket ??= createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      ...(authenticatesUpgrade
        ? { webSocketImpl: AuthenticatedWebSocket }
        : { webSocketImpl: WebSocket, connectionParams: { Authorization: `Bearer ${token}` } }),
      retryAttempts: 0,
    });
    return socket;
  };

  const query: Client['query'] = async (document, variables) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: document, variables }),
    });
    return response.json();
  };

  const data = async <Data>(document: string, variables?: Readonly<Record<string, unknown>>) => {
    const answer = await query<Data>(document, variables);
    if (answer.errors || !answer.data) throw new Error(JSON.stringify(answer.errors));
    return answer.data;
  };

  async function* subscribe<Data>(document: string, variables?: Readonly<Record<string, unknown>>) {
    const events = connect().iterate<Data>({ query: document, variables: { ...variables } });
    try {
      for await (const { data: event, errors } of events) {
        if (errors || !event) throw new Error(JSON.stringify(errors));
        yield event as Data;
      }
    } catch (error) {
      // The client throws the errors of an `error` message as an array.
      throw Array.isArray(error) ? new Error(JSON.stringify(error)) : error;
    }
  }

  async function* watch(id: string, after = 0) {
    const document = `subscription ($id: ID!, $after: Int) {
      generation(id: $id, after: $after) { offset delta cursor status attempt queuePosition }
    }`;
    for await (const { generation } of subscribe<{ generation: GenerationEvent }>(document, { id, after })) {
      yield generation;
    }
  }

  return {
    token,
    query,
    data,
    watch,
    subscribe,
    async generate(input) {
      const document = `mutation ($input: GenerateInput!) { generate(input: $input) { ${started} } }`;
      return (await data<{ generate: Started }>(document, { input })).generate;
    },
    async finished(id) {
      let text = '';
      let status = '';
      for await (const event of watch(id)) {
        text = text.slice(0, event.offset) + event.delta;
        status = event.status;
      }
      return { text, status };
    },
    async close() {
      await socket?.dispose();
    },
  };
};

/** Resolves to whether the default model can continue a text. Not all engines and chat templates can. */
export const canContinueText = async (client: Client): Promise<boolean> => {
  const { models } = await client.data<{
    models: { edges: { node: { isDefault: boolean; canContinue: boolean } }[] };
  }>('{ models { edges { node { isDefault canContinue } } } }');
  return models.edges.some(({ node }) => node.isDefault && node.canContinue);
};

import { type Attack, type Flood, keepOpen, open, readStatuses } from '../attack.ts';
import { bearer, graphql, repeat, request, sendUnread } from '../http.ts';

const credentialOf = ({ tokens, keys }: Attack, index: number): string | undefined => {
  const all = [...tokens, ...keys];
  return all[index % all.length];
};

const json = { 'Content-Type': 'application/json' };

const subscription = 'subscription { conversationChanged { kind } }';

const completion = (attack: Attack, index: number, path: string, body: object): Buffer =>
  request('POST', path, { ...json, ...bearer(credentialOf(attack, index)) }, JSON.stringify(body));

const tokenHeader = 'X-GraphQL-Event-Stream-Token';

const introspection = '{ __schema { types { name description fields { name description args { name } } } } }';

/** Starts operations on event streams of graphql-sse's single connection mode, and never reads their results. */
const unreadEventStreams: Flood = (attack) =>
  keepOpen(attack, 40, (socket, index) => {
    const credential = bearer(credentialOf(attack, index));
    const send = (data: Buffer) => {
      attack.count('requests');
      socket.write(data);
    };
    let id = 0;
    let next: (() => void) | null = null;
    socket.on('data', (chunk: Buffer) => {
      const [, token] = /\r\n\r\n(?:[0-9a-f]+\r\n)?([\w-]{32})/.exec(chunk.toString('latin1')) ?? [];
      if (next || token === undefined) return;
      const headers = { ...credential, [tokenHeader]: token };
      const stream = open(attack, 0, index);
      socket.once('close', () => stream.destroy());
      stream.pause();
      stream.write(request('GET', '/graphql', { ...headers, Accept: 'text/event-stream' }));
      next = () => {
        id += 1;
        const body = JSON.stringify({ query: introspection, extensions: { operationId: String(id) } });
        send(request('POST', '/graphql', { ...json, ...headers }, body));
      };
    });
    readStatuses(attack, socket, () => setImmediate(() => next?.()));
    send(request('PUT', '/graphql', credential));
  });

/** Floods of streams, completions and downloads that aren't read, or not ended. */
export const streamFloods: Readonly<Record<string, Flood>> = {
  'SSE streams': (attack) =>
    sendUnread(attack, 800, 1, (index) =>
      graphql(subscription, {}, credentialOf(attack, index), 'text/event-stream'),
    ),

  'anonymous SSE streams': (attack) =>
    sendUnread(
      attack,
      800,
      1,
      () => graphql(subscription, {}, undefined, 'text/event-stream'),
      (index) => index,
    ),

  'reserved event streams': (attack) =>
    repeat(attack, 30, (index) =>
      request('PUT', '/graphql', index % 2 === 0 ? bearer(credentialOf(attack, index)) : {}),
    ),

  'event streams of many operations, unread': unreadEventStreams,

  'multipart streams, pipelined': (attack) =>
    sendUnread(attack, 100, 16, (index) =>
      graphql(subscription, {}, credentialOf(attack, index), 'multipart/mixed'),
    ),

  'completions, unread': (attack) =>
    sendUnread(attack, 60, 4, (index) =>
      completion(attack, index, '/v1/chat/completions', {
        model: 'stand-in',
        stream: true,
        messages: [{ role: 'user', content: 'Count to 5000.' }],
      }),
    ),

  'lists of REST and MCP, unread': (attack) =>
    sendUnread(attack, 100, 16, (index) =>
      index % 2 === 0
        ? request('GET', '/api/llm/presets', bearer(credentialOf(attack, index)))
        : request(
            'POST',
            '/mcp',
            {
              ...json,
              Accept: 'application/json, text/event-stream',
              ...bearer(credentialOf(attack, index)),
            },
            JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'list_presets' } }),
          ),
    ),

  completions: (attack) =>
    repeat(attack, 30, (index) =>
      completion(attack, index, '/api/llm/generate', { prompt: 'Count to 10.', stream: index % 2 === 0 }),
    ),

  'completions with large prompts': (attack) =>
    repeat(attack, 10, (index) =>
      completion(attack, index, '/v1/chat/completions', {
        model: 'stand-in',
        messages: [{ role: 'user', content: 'word '.repeat(190_000) }],
      }),
    ),

  'downloads, unread': (attack) =>
    sendUnread(attack, 60, 8, (index) =>
      request('GET', '/api/account/export', bearer(attack.tokens[index % attack.tokens.length])),
    ),
};

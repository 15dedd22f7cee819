import type { Attack, Flood } from '../attack.ts';
import { bearer, graphql, repeat, request, sendUnread } from '../http.ts';

const credentialOf = ({ tokens, keys }: Attack, index: number): string | undefined => {
  const all = [...tokens, ...keys];
  return all[index % all.length];
};

const json = { 'Content-Type': 'application/json' };

const subscription = 'subscription { conversationChanged { kind } }';

const completion = (attack: Attack, index: number, path: string, body: object): Buffer =>
  request('POST', path, { ...json, ...bearer(credentialOf(attack, index)) }, JSON.stringify(body));

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

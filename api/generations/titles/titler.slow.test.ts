import type { StandinScript } from '../../engine/standin/standinChat.ollama.ts';
import { startTestApp, type TestApp } from '../../http/testing/app.testing.ts';
import { eventually } from '../../process/eventually.testing.ts';

interface Made {
  readonly generate: {
    readonly conversation: { readonly id: string };
    readonly generation: { readonly id: string };
  };
}

const isTitle = ({ messages }: Readonly<Record<string, unknown>>): boolean =>
  JSON.stringify(messages).includes('Title of this conversation');

describe('the titler', () => {
  let app: TestApp;
  afterEach(() => app.stop());

  const start = async (title: StandinScript, env: Readonly<Record<string, string>> = {}) => {
    app = await startTestApp({ env: { TITLES: 'on', ...env } });
    app.standin.play({ chat: (body) => (isTitle(body) ? title : { tokens: ['Fine.'] }) });
  };
  const ask = async (prompt: string) => {
    const { data } = await app.graphql<Made>(
      `mutation ($prompt: String!) { generate(input: { prompt: $prompt }) {
        conversation { id } generation { id } } }`,
      { prompt },
    );
    return data?.generate.conversation.id ?? '';
  };
  const titleOf = async (id: string) => {
    const { data } = await app.graphql<{ node: { title: string } }>(
      'query ($id: ID!) { node(id: $id) { ... on Conversation { title } } }',
      { id },
    );
    return data?.node.title ?? '';
  };
  const titlesAsked = () => app.standin.chats.filter(isTitle).length;

  it('replaces the derived title after the first answer, without counting tokens', async () => {
    await start({ tokens: ['"Baking', ' bread."'] });
    const id = await ask('how do i make it rise');
    await eventually(
      () => titleOf(id),
      (title) => title === 'Baking bread',
    );
    const { data } = await app.graphql<{
      usage: { total: { generations: number; completionTokens: number } };
    }>('{ usage { total { generations completionTokens } } }');
    expect(data?.usage.total).toEqual({ generations: 1, completionTokens: 1 });
    expect(app.standin.chats.find(isTitle)?.options).toMatchObject({ num_predict: 24 });
    await app.graphql(
      'mutation ($id: ID!) { generate(input: { prompt: "more", conversationId: $id }) { generation { id } } }',
      { id },
    );
    await eventually(
      () => app.standin.chats.length,
      (count) => count >= 3,
    );
    expect(titlesAsked()).toBe(1);
  });

  it('keeps a title that a person gave meanwhile', async () => {
    await start({ tokens: Array.from({ length: 10 }, () => 'Late '), tokensPerSecond: 10 });
    const id = await ask('a question');
    await eventually(titlesAsked, (count) => count === 1);
    await app.graphql(
      'mutation ($id: ID!) { updateConversation(input: { id: $id, title: "Mine" }) { conversation { id } } }',
      { id },
    );
    const other = await ask('another question');
    await eventually(
      () => titleOf(other),
      (title) => title.startsWith('Late'),
    );
    expect(await titleOf(id)).toBe('Mine');
  });

  it('makes way for a generation, and is written afterwards', async () => {
    let isSlow = true;
    app = await startTestApp({ env: { TITLES: 'on' } });
    app.standin.play({
      chat: (body) =>
        isTitle(body)
          ? { tokens: Array.from({ length: 40 }, () => 'word '), tokensPerSecond: isSlow ? 2 : 0 }
          : { tokens: ['Fine.'] },
    });
    const id = await ask('a question');
    await eventually(titlesAsked, (count) => count === 1);
    isSlow = false;
    await ask('a second question');
    await eventually(
      () => titleOf(id),
      (title) => title.startsWith('word'),
    );
  });

  it('gives up an answer that has no title, and is off by configuration', async () => {
    await start({ tokens: ['...'] });
    const id = await ask('a question');
    await eventually(titlesAsked, (count) => count === 1);
    await eventually(
      () => app.stores.conversations.claimTitle(new Date(Date.now() + 1e9), new Date()),
      (due) => due === null,
    );
    expect(await titleOf(id)).toBe('a question');
    await app.stop();
    await start({ tokens: ['A title'] }, { TITLES: 'off' });
    await ask('a question');
    await eventually(
      () => app.standin.chats.length,
      (count) => count === 1,
    );
    expect(await app.stores.conversations.claimTitle(new Date(Date.now() + 1e9), new Date())).toBeNull();
  });
});

import { startTestApp, type TestApp } from '../http/testing/app.testing.ts';
import { eventually } from '../process/eventually.testing.ts';

interface MessageNode {
  readonly id: string;
  readonly role: string;
  readonly content: string;
  readonly editedFrom: { readonly id: string } | null;
  readonly siblings: readonly { readonly id: string }[];
  readonly generation: { readonly id: string; readonly status: string; readonly attempt: number } | null;
}

interface Shown {
  readonly id: string;
  readonly messages: { readonly edges: readonly { readonly node: MessageNode }[] };
}

const message = 'id role content editedFrom { id } siblings { id } generation { id status attempt }';
const conversation = `conversation { id messages(first: 20) { edges { node { ${message} } } } }`;

describe('editing and continuing answers', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ env: { STORAGE_LIMIT: 'MEMBER=60KB' } });
  });
  afterAll(() => app.stop());

  const run = async (mutation: string, input: object, token = app.token) => {
    const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
    const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) { ${conversation} } }`;
    const { data, errors } = await app.graphql<Record<string, { conversation: Shown } | null>>(
      query,
      { input },
      token,
    );
    return { shown: data?.[mutation]?.conversation, error: errors?.[0] };
  };
  const show = async (id: string, token = app.token) => {
    const query = `query ($id: ID!) { node(id: $id) { ... on Conversation { id messages(first: 20) { edges { node { ${message} } } } } } }`;
    const { data } = await app.graphql<{ node: Shown }>(query, { id }, token);
    return data?.node.messages.edges.map(({ node }) => node) ?? [];
  };
  const finished = (id: string, token = app.token) =>
    eventually(
      () => show(id, token),
      (messages) => messages.every(({ generation }) => !generation || generation.status === 'COMPLETED'),
    );
  /** Asks a question, and returns the conversation's messages once it is answered. */
  const ask = async (prompt: string, text: string, conversationId: string | null = null, token?: string) => {
    app.standin.play({ tokens: [text] });
    const { shown, error } = await run('generate', { prompt, conversationId }, token);
    if (!shown) throw new Error(error?.message);
    return { id: shown.id, messages: await finished(shown.id, token) };
  };
  const answerOf = (messages: readonly MessageNode[]): MessageNode => {
    const answer = messages.find(({ role }) => role === 'ASSISTANT');
    if (!answer) throw new Error('there is no answer');
    return answer;
  };

  it('adds a version that later prompts use, and keeps the original', async () => {
    const { id, messages } = await ask('What is 2+2?', 'Five.');
    const original = answerOf(messages);
    await ask('Sure?', 'Yes.', id);
    const { shown } = await run('editAnswer', { messageId: original.id, content: 'Four.' });
    expect(shown?.messages.edges.map(({ node }) => node.content)).toEqual(['What is 2+2?', 'Four.']);
    const edited = answerOf(shown?.messages.edges.map(({ node }) => node) ?? []);
    expect(edited).toMatchObject({ editedFrom: { id: original.id }, generation: null });
    expect(edited.siblings.map(({ id: each }) => each)).toEqual([original.id, edited.id]);
    await ask('And 3+3?', 'Six.', id);
    expect(app.standin.chats.at(-1)?.messages).toEqual([
      { role: 'user', content: 'What is 2+2?' },
      { role: 'assistant', content: 'Four.' },
      { role: 'user', content: 'And 3+3?' },
    ]);
    const { shown: back } = await run('selectMessage', { messageId: original.id });
    expect(back?.messages.edges.map(({ node }) => node.content)).toEqual([
      'What is 2+2?',
      'Five.',
      'Sure?',
      'Yes.',
    ]);
  });

  it('adds one version for one idempotency key', async () => {
    const { id, messages } = await ask('Hello', 'Hi.');
    const input = { messageId: answerOf(messages).id, content: 'Good day.', idempotencyKey: 'edit-1' };
    await Promise.all([run('editAnswer', input), run('editAnswer', input), run('editAnswer', input)]);
    expect(answerOf(await show(id)).siblings).toHaveLength(2);
    const other = await run('editAnswer', { ...input, content: 'Bye.' });
    expect(other.error?.extensions.code).toBe('CONFLICT');
  });

  it('continues a complete answer in the middle of a conversation as another version', async () => {
    const { id, messages } = await ask('Count to four.', 'One, two');
    const original = answerOf(messages);
    await ask('Go on.', 'No.', id);
    app.standin.play({ tokens: [', three', ', four'] });
    const { shown } = await run('continueAnswer', { messageId: original.id });
    expect(shown?.messages.edges).toHaveLength(2);
    const done = answerOf(await finished(id));
    expect(done.content).toBe('One, two, three, four');
    expect(done.siblings).toHaveLength(2);
    expect(app.standin.chats.at(-1)?.messages).toEqual([
      { role: 'user', content: 'Count to four.' },
      { role: 'assistant', content: 'One, two' },
    ]);
  });

  it('continues an edited answer, and repeats nothing for one idempotency key', async () => {
    const { id, messages } = await ask('A poem', 'Roses are grey');
    const { shown } = await run('editAnswer', {
      messageId: answerOf(messages).id,
      content: 'Roses are red',
    });
    const edited = answerOf(shown?.messages.edges.map(({ node }) => node) ?? []);
    app.standin.play({ tokens: [', violets are blue'] });
    const input = { messageId: edited.id, idempotencyKey: 'continue-1' };
    await Promise.all([run('continueAnswer', input), run('continueAnswer', input)]);
    const done = answerOf(await finished(id));
    expect(done.content).toBe('Roses are red, violets are blue');
    expect(done.siblings).toHaveLength(3);
  });

  it('refuses what is no answer, in progress, empty, another user’s or beyond the storage', async () => {
    const { id, messages } = await ask('Mine', 'Yours.');
    const [question] = messages;
    const answer = answerOf(messages);
    const code = async (mutation: string, input: object, token?: string) =>
      (await run(mutation, input, token)).error?.extensions.code;
    for (const mutation of ['editAnswer', 'continueAnswer']) {
      const content = mutation === 'editAnswer' ? { content: 'x' } : {};
      expect(await code(mutation, { messageId: question?.id, ...content })).toBe('BAD_USER_INPUT');
      const { token } = await app.signUp(`mallory-${mutation.toLowerCase()}`);
      expect(await code(mutation, { messageId: answer.id, ...content }, token)).toBe('NOT_FOUND');
    }
    expect(await code('editAnswer', { messageId: answer.id, content: ' \n' })).toBe('BAD_USER_INPUT');
    app.standin.play({ tokens: Array.from({ length: 400 }, () => 'word '), tokensPerSecond: 100 });
    const { shown } = await run('regenerate', { messageId: answer.id });
    const running = answerOf(shown?.messages.edges.map(({ node }) => node) ?? []);
    expect(await code('editAnswer', { messageId: running.id, content: 'x' })).toBe('CONFLICT');
    expect(await code('continueAnswer', { messageId: running.id })).toBe('CONFLICT');
    await app.graphql('mutation ($id: ID!) { cancelGeneration(input: { id: $id }) { generation { id } } }', {
      id: running.generation?.id,
    });
    const { token } = await app.signUp('full');
    const full = await ask('Hello', 'Hi.', null, token);
    const big = { messageId: answerOf(full.messages).id, content: 'x'.repeat(70_000) };
    expect(await code('editAnswer', big, token)).toBe('QUOTA_EXCEEDED');
    expect(await show(id)).toHaveLength(2);
  });

  it('says that a model cannot continue', async () => {
    const { messages } = await ask('Hello', 'Hi.');
    const template = '{{ range .Messages }}{{ .Content }}{{ end }}';
    app.standin.play({ models: ['fixed:latest'], template });
    const { error } = await run('continueAnswer', { messageId: answerOf(messages).id, model: 'fixed' });
    expect(error?.message).toContain("can't continue an answer");
    app.standin.play({});
  });
});

import { type Client, createClient, signIn } from '../../client/public.ts';
import { makeFolder, removeFolder } from '../e2e/harness/folder.ts';
import { type ServerProcess, startServer } from '../e2e/harness/process.ts';
import { counted, type StandinProcess, startStandin } from '../e2e/harness/standin.ts';
import { credentials, eventsOf, reading, textOf, tokensPerSecond } from './client.testing.ts';

describe("a program with the client's package", () => {
  let folder: string;
  let standin: StandinProcess;
  let server: ServerProcess;
  let client: Client;

  beforeAll(async () => {
    folder = await makeFolder();
    standin = await startStandin(tokensPerSecond);
    server = await startServer({ dataDir: folder, env: { OLLAMA_URL: standin.url, DRAIN_S: '1' } });
  }, 60_000);
  afterAll(async () => {
    await server?.stop();
    await standin?.kill();
    await removeFolder(folder);
  }, 60_000);

  beforeEach(async () => {
    client = createClient({ url: server.url });
    await client.signIn(credentials);
  });
  afterEach(() => client.close());

  it('streams an answer, and returns its result', async () => {
    const answer = client.chat({ prompt: 'Count to 100' });
    const [text, events, result] = await Promise.all([reading(answer).all, eventsOf(answer), answer.result]);
    expect(text).toBe(counted(100));
    expect(result).toMatchObject({
      ...(await answer.started),
      text,
      status: 'COMPLETED',
      finishReason: 'STOP',
      attempt: 1,
      usage: { completionTokens: 100 },
    });
    expect(textOf(events)).toBe(text);
    expect(events.filter(({ type }) => type === 'text').length).toBeGreaterThan(5);
    expect(events[0]).toMatchObject({ type: 'started', conversationId: result.conversationId });
    expect(events.at(-1)).toMatchObject({ type: 'status', status: 'COMPLETED' });
  }, 30_000);

  it('lists models, conversations and messages, and continues a conversation', async () => {
    const [model] = await client.models();
    const first = await client.chat({ prompt: 'Count to 3', model: model?.name ?? '' }).result;
    const { conversationId } = first;
    const second = await client.chat({ prompt: 'Count to 4', conversationId }).result;
    expect(second.conversationId).toBe(conversationId);
    const page = await client.conversations({ first: 1 });
    expect(page.items).toMatchObject([{ id: conversationId, title: 'Count to 3' }]);
    expect(page.endCursor).not.toBeNull();
    const half = await client.messages(conversationId ?? '', { first: 2 });
    const rest = await client.messages(conversationId ?? '', { after: half.endCursor });
    expect([...half.items, ...rest.items].map(({ content }) => content)).toEqual([
      'Count to 3',
      counted(3),
      'Count to 4',
      counted(4),
    ]);
    expect(rest.endCursor).toBeNull();
  }, 30_000);

  it('creates new versions of an answer and of a question', async () => {
    const { assistantMessageId, userMessageId, conversationId } = await client.chat({ prompt: 'Count to 3' })
      .result;
    const again = await client.regenerate({ messageId: assistantMessageId ?? '' }).result;
    expect(again).toMatchObject({ text: counted(3), userMessageId, conversationId });
    const edited = await client.editMessage({ messageId: userMessageId ?? '', content: 'Count to 5' }).result;
    expect(edited).toMatchObject({ text: counted(5), conversationId });
  }, 30_000);

  it('creates one generation when a request is sent twice', async () => {
    const input = { prompt: 'Count to 3', idempotencyKey: crypto.randomUUID() };
    const [one, other] = await Promise.all([client.chat(input).result, client.chat(input).result]);
    expect(other.generationId).toBe(one.generationId);
  }, 30_000);

  it('cancels the generation when its signal is aborted, and rejects with the reason', async () => {
    const aborting = new AbortController();
    const answer = client.chat({ prompt: 'Count to 5000', signal: aborting.signal });
    const { all, until } = reading(answer);
    await until(20);
    aborting.abort(new Error('enough'));
    await expect(answer.result).rejects.toThrow('enough');
    await expect(all).rejects.toThrow('enough');
    const { generationId } = await answer.started;
    expect(await client.follow(generationId).result).toMatchObject({ status: 'CANCELLED' });
  }, 30_000);

  it('sends nothing if the signal is already aborted', async () => {
    const before = (await client.conversations()).items.length;
    const answer = client.chat({ prompt: 'Count to 3', signal: AbortSignal.abort(new Error('too late')) });
    await expect(answer.result).rejects.toThrow('too late');
    expect((await client.conversations()).items).toHaveLength(before);
  }, 30_000);

  it('can leave a generation running, and read it later', async () => {
    const aborting = new AbortController();
    const answer = client.chat({ prompt: 'Count to 300', signal: aborting.signal, onAbort: 'detach' });
    await reading(answer).until(20);
    aborting.abort();
    await expect(answer.result).rejects.toThrow(aborting.signal.reason);
    const { generationId } = await answer.started;
    expect(await reading(client.follow(generationId)).all).toBe(counted(300));
  }, 30_000);

  it('unsubscribes when the last loop ends', async () => {
    const answer = client.chat({ prompt: 'Count to 300' });
    for await (const _ of answer) break;
    await expect(answer.result).rejects.toMatchObject({ code: 'DETACHED' });
    const { generationId } = await answer.started;
    expect((await client.follow(generationId).result).text).toBe(counted(300));
  }, 30_000);

  it('cancels explicitly, and keeps the text so far', async () => {
    const answer = client.chat({ prompt: 'Count to 5000' });
    const { all, until } = reading(answer);
    await until(20);
    await answer.cancel();
    const { status, text } = await answer.result;
    expect(status).toBe('CANCELLED');
    expect(text).toBe(await all);
    expect(counted(5000).startsWith(text)).toBe(true);
  }, 30_000);

  it('continues with a new token when its token expires during an answer', async () => {
    const refused: (string | null)[] = [];
    const given: string[] = [];
    const lasting = createClient({
      url: server.url,
      tokenProvider: async (token) => {
        refused.push(token);
        const session = await signIn({ url: server.url, ...credentials });
        given.push(session.token);
        return session.token;
      },
    });
    const answers = [lasting.chat({ prompt: 'Count to 500' }), lasting.chat({ prompt: 'Count to 400' })];
    const loops = answers.map(reading);
    await Promise.all(loops.map(({ until }) => until(100)));
    await createClient({ url: server.url, token: given[0] ?? '' }).signOut();
    expect(await Promise.all(loops.map(({ all }) => all))).toEqual([counted(500), counted(400)]);
    expect(refused).toEqual([null, given[0]]);
    lasting.close();
  }, 60_000);

  it('generates and reads with a restricted API key, until it is revoked', async () => {
    const { createApiKey } = await client.request<
      { createApiKey: { secret: string; apiKey: { id: string } } },
      Record<string, never>
    >('mutation { createApiKey(input: { name: "a program", scopes: [CHAT] }) { secret apiKey { id } } }', {});
    const program = createClient({ url: server.url, token: createApiKey.secret });
    expect(await reading(program.chat({ prompt: 'Count to 30' })).all).toBe(counted(30));
    const answer = program.chat({ prompt: 'Count to 1000' });
    await reading(answer).until(20);
    await client.request('mutation ($id: ID!) { revokeApiKey(input: { id: $id }) { clientMutationId } }', {
      id: createApiKey.apiKey.id,
    });
    await expect(answer.result).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    program.close();
    await client.cancel((await answer.started).generationId);
  }, 30_000);

  it('reports an expired token if there is no other', async () => {
    const { token } = await signIn({ url: server.url, ...credentials });
    const reader = createClient({ url: server.url, token });
    const answer = reader.chat({ prompt: 'Count to 1000' });
    await reading(answer).until(20);
    await createClient({ url: server.url, token }).signOut();
    await expect(answer.result).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(reader.models()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    reader.close();
  }, 30_000);

  it('reports what was wrong with a request, with the details of the server', async () => {
    await expect(client.chat({ prompt: 'Hi', model: 'no-such-model' }).result).rejects.toMatchObject({
      name: 'ZiggieError',
      code: 'MODEL_NOT_FOUND',
      details: { models: expect.arrayContaining([expect.stringContaining('stand-in')]) },
    });
    await expect(client.follow('nonsense').result).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(client.signIn({ username: 'admin', password: 'wrong' })).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    const elsewhere = createClient({ url: `${server.url}/health/live` });
    await expect(elsewhere.models()).rejects.toMatchObject({ code: 'UNEXPECTED_ANSWER' });
  }, 30_000);

  it('closes all connections when it is closed', async () => {
    const answer = client.chat({ prompt: 'Count to 100' });
    await reading(answer).until(20);
    client.close();
    await expect(answer.result).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(client.models()).rejects.toMatchObject({ code: 'CLOSED' });
  }, 30_000);
});

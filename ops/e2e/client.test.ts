import { createClient } from '../../client/public.ts';
import { describeWithEngine } from './harness/engine.ts';
import { makeFolder, removeFolder } from './harness/folder.ts';
import { adminPassword, type ServerProcess, startServer } from './harness/process.ts';

describeWithEngine('the client package, with a real model', () => {
  let folder: string;
  let server: ServerProcess;

  beforeAll(async () => {
    folder = await makeFolder();
    server = await startServer({ dataDir: folder });
  }, 120_000);
  afterAll(async () => {
    await server?.stop();
    await removeFolder(folder);
  }, 60_000);

  it('streams two answers of a conversation, with the same text as the stored ones', async () => {
    const client = createClient({ url: server.url });
    await client.signIn({ username: 'admin', password: adminPassword });
    const answer = client.chat({ prompt: 'What is 2+2?', options: { temperature: 0 } });
    const chunks: string[] = [];
    for await (const delta of answer) chunks.push(delta);
    const first = await answer.result;
    expect(chunks.join('')).toBe(first.text);
    expect(first.text).toContain('4');
    expect(first.usage?.completionTokens).toBeGreaterThan(0);
    const { conversationId } = first;
    const second = await client.chat({ prompt: 'And 3+3?', conversationId, options: { maxTokens: 5 } })
      .result;
    expect(second).toMatchObject({ conversationId, finishReason: 'LENGTH' });
    const { items } = await client.messages(conversationId ?? '');
    expect(items.map(({ content }) => content)).toEqual([
      'What is 2+2?',
      first.text,
      'And 3+3?',
      second.text,
    ]);
    client.close();
  }, 120_000);
});

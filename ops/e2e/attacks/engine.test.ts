import { type OllamaStandin, startOllamaStandin } from '../../../api/engine/standin/standin.ollama.ts';
import { startTarget, type Target } from '../harness/target.ts';

describe('models that are not allowed', () => {
  let target: Target;
  beforeAll(async () => {
    target = await startTarget({ MODELS_ALLOWED: 'stand-in,hf.co/team/*' });
    target.engine.play({
      models: ['stand-in:latest', 'secret:latest', 'hf.co/team/writer:Q4', 'hf.co/evil/writer:Q4'],
    });
  }, 60_000);
  afterAll(() => target?.close(), 60_000);

  const get = async (path: string) => {
    const headers = { authorization: `Bearer ${target.mallory.token}` };
    return (await fetch(target.server.url + path, { headers })).text();
  };

  it('are in no list, on any request surface', async () => {
    const lists = [
      await get('/api/llm/models'),
      await get('/v1/models'),
      await get('/api/llm/status'),
      JSON.stringify(await target.mallory.query('{ models { edges { node { name } } } }')),
    ];
    for (const list of lists) expect(list).not.toMatch(/secret|evil/);
    expect(lists[3]).toContain('hf.co/team/writer:Q4');
  });

  it('cannot be used, and are reported like models that do not exist', async () => {
    const query =
      'mutation ($model: String) { generate(input: { prompt: "x", model: $model }) { generation { id } } }';
    for (const model of ['secret', 'hf.co/evil/writer:Q4', 'nothing']) {
      const { errors } = await target.mallory.query(query, { model });
      expect(errors?.[0]?.extensions?.code).toBe('MODEL_NOT_FOUND');
      expect(errors?.[0]?.message).not.toMatch(/Installed models:.*(secret|evil)/);
    }
    expect(target.engine.chats).toEqual([]);
  });
});

describe('an engine that redirects', () => {
  let target: Target;
  let elsewhere: OllamaStandin;
  beforeAll(async () => {
    [target, elsewhere] = await Promise.all([startTarget(), startOllamaStandin()]);
  }, 60_000);
  afterAll(async () => {
    await target?.close();
    await elsewhere?.close();
  }, 60_000);

  it('gets no prompt at its redirect target', async () => {
    target.engine.play({ fault: { kind: 'redirect', to: `${elsewhere.url}/api/chat` } });
    const { generation } = await target.alice.generate({ prompt: 'A secret of mine.' });
    expect((await target.alice.finished(generation.id)).status).toBe('FAILED');
    expect(elsewhere.connections).toBe(0);
  });
});

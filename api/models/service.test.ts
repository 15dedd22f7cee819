import type { Engine, EngineModel } from '../engine/engine.ts';
import { createModels, type ModelsDeps } from './service.ts';

const modelOf = (name: string, capabilities = ['completion']): EngineModel => ({
  name,
  digest: name,
  size: 1,
  modifiedAt: new Date(0),
  family: null,
  parameterSize: null,
  quantization: null,
  contextLength: null,
  capabilities,
  loaded: true,
  canContinue: true,
});

describe('the choice of a model', () => {
  const open = (names: readonly string[], deps: Partial<ModelsDeps> = {}) => {
    const models = names.map((name) => modelOf(name, name.includes('embed') ? ['embedding'] : undefined));
    const engine = {
      models: async () => models,
      health: async () => ({ kind: 'ollama', state: 'ready', message: '', steps: [], progress: null }),
    } as unknown as Engine;
    return createModels({ engine, defaultModel: null, fallback: null, ...deps });
  };
  const aliases = new Map([
    ['fast', ['llama3.2']],
    ['code', ['codellama:7b', 'qwen3:8b']],
    ['gone', ['missing', 'lost']],
  ]);

  it('follows an alias, and says so', async () => {
    const models = open(['llama3.2:latest', 'qwen3:8b'], { aliases });
    expect(await models.choose('fast')).toMatchObject({
      model: { name: 'llama3.2:latest' },
      reason: '"fast" is an alias of llama3.2:latest.',
    });
    expect((await models.choose('fast:latest')).model.name).toBe('llama3.2:latest');
    expect(await models.choose('code')).toMatchObject({
      model: { name: 'qwen3:8b' },
      reason: '"code" is an alias. codellama:7b is not installed, so qwen3:8b answered.',
    });
    const aliased = open(['a:latest', 'qwen3:8b'], { aliases, defaultModel: 'code' });
    expect((await aliased.choose(null)).model.name).toBe('qwen3:8b');
    expect(await models.choose('qwen3:8b')).toMatchObject({ reason: null });
    expect((await models.aliases()).map(({ alias, model }) => [alias, model.name])).toEqual([
      ['fast', 'llama3.2:latest'],
      ['code', 'qwen3:8b'],
    ]);
  });

  it('falls back to the first installed model in the order of preference, and says so', async () => {
    const models = open(['b:latest', 'c:latest'], { aliases, fallback: ['a', 'c', 'b'] });
    for (const requested of ['llama3.2', 'gone']) {
      expect((await models.choose(requested)).model.name).toBe('c:latest');
    }
    expect((await models.choose('llama3.2')).reason).toBe('llama3.2 is not installed, so c:latest answered.');
    expect((await models.choose('gone')).reason).toBe(
      'missing, lost are not installed, so c:latest answered.',
    );
    await expect(models.choose('unknown')).rejects.toHaveProperty('code', 'MODEL_NOT_FOUND');
  });

  it('offers no model for embeddings alone, and takes one by alias for embeddings', async () => {
    const models = open(['a-embed:latest', 'b:latest'], { aliases: new Map([['vectors', ['a-embed']]]) });
    expect((await models.choose(null)).model.name).toBe('b:latest');
    await expect(models.choose('vectors')).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    expect((await models.resolveForEmbedding('vectors')).name).toBe('a-embed:latest');
    expect((await models.resolveForEmbedding(null)).name).toBe('a-embed:latest');
  });
});

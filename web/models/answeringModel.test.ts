import { answeringModel } from './answeringModel.ts';

const model = (name: string, { isDefault = false, canAnswer = true } = {}) => ({
  name,
  isDefault,
  canAnswer,
  capabilities: [],
});

describe('the model that answers', () => {
  const models = [model('embed', { canAnswer: false }), model('a'), model('b', { isDefault: true })];

  it('is the chosen one, or else the default, or else the first that can answer', () => {
    expect(answeringModel(models, 'a')?.name).toBe('a');
    expect(answeringModel(models, null)?.name).toBe('b');
    expect(answeringModel(models.slice(0, 2), null)?.name).toBe('a');
  });

  it('may be named without its tag', () => {
    expect(answeringModel([model('a:latest'), model('a:1b')], 'a')?.name).toBe('a:latest');
  });

  it('may not be listed', () => {
    expect(answeringModel(models, 'alias')).toBeUndefined();
    expect(answeringModel([], null)).toBeUndefined();
  });
});

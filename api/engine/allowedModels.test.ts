import { isAllowedModel } from './allowedModels.ts';

describe('a pattern of allowed models', () => {
  it.each([
    ['llama3.2', 'llama3.2:latest'],
    ['llama3.2', 'llama3.2:1b'],
    ['llama3.2:1b', 'llama3.2:1b'],
    ['qwen3:*', 'qwen3:8b'],
    ['*', 'mistral:latest'],
    ['team/*', 'team/writer:latest'],
    ['hf.co/team/*', 'hf.co/team/writer-GGUF:Q4_K_M'],
    ['registry.example:5000/team/writer', 'registry.example:5000/team/writer:latest'],
  ])('%s allows %s', (pattern, name) => {
    expect(isAllowedModel(name, [pattern])).toBe(true);
  });

  it.each([
    ['llama3.2', 'llama3x2:latest'],
    ['llama3.2', 'llama3.2-uncensored:latest'],
    ['llama3.2:1b', 'llama3.2:3b'],
    ['*', 'hf.co/anyone/anything:latest'],
    ['team/*', 'evil.example/team/writer:latest'],
    ['hf.co/*', 'hf.co/anyone/anything:latest'],
  ])('%s does not allow %s', (pattern, name) => {
    expect(isAllowedModel(name, [pattern])).toBe(false);
  });

  it('is one of several, any of which may allow a model', () => {
    expect(isAllowedModel('b:latest', ['a', 'b'])).toBe(true);
    expect(isAllowedModel('a:latest', [])).toBe(false);
  });
});

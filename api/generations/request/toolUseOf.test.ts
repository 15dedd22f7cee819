import type { Viewer } from '../../access/viewer.ts';
import { toolUseOf } from './start.ts';

describe('the tools of an answer', () => {
  const tools = { check: (_viewer: Viewer, names: readonly string[]) => names };
  const model = { name: 'm', capabilities: ['tools'] };
  const person = { user: { id: 'me' }, apiKey: null } as Viewer;

  it('keep the API key that asked', () => {
    const key = { ...person, apiKey: { id: 'k', scopes: ['CHAT'] } } as const;
    const { toolUse } = toolUseOf({ tools }, key, model, ['add']);
    expect(toolUse).toEqual({ names: ['add'], apiKeyId: 'k', calls: [] });
  });

  it('are not chosen by a model', () => {
    const origin = { address: null, requestId: 'r', surface: 'tool', toolCallId: 'x.1' } as const;
    const byTool = { ...person, origin };
    expect(() => toolUseOf({ tools }, byTool, model, ['add'])).toThrow(/a tool starts can use no tools/);
    expect(toolUseOf({ tools }, byTool, model, [])).toEqual({});
  });
});

import type { Viewer } from '../../access/viewer.ts';
import { createDefinitionChecks } from '../definition/checks.ts';
import { library } from '../library.ts';
import type { Preset } from '../preset.ts';
import { createPresetRuns, type PresetRunsDeps } from './service.ts';

const viewer = { user: { id: 'mia', role: 'MEMBER' }, apiKey: null } as Viewer;
const other = { user: { id: 'ada', role: 'MEMBER' }, apiKey: null } as Viewer;

describe('runs of workflows', () => {
  it('are limited per user until they end', async () => {
    const endless = new AbortController();
    const model = { name: 'm', contextLength: 4096 };
    const deps = {
      models: { choose: async () => ({ model, reason: null }), list: async () => [model] },
      generations: {
        complete: async () => ({
          whole: (signal: AbortSignal) =>
            new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
        }),
      },
      engine: {},
      checks: createDefinitionChecks(),
    } as unknown as PresetRunsDeps;
    const { run } = createPresetRuns(deps);
    const preset = library.get('error-explanation') as Preset;
    const start = (as: Viewer) =>
      run(as, preset, { variables: { log: 'Error: x' }, model: null }, endless.signal);
    const runs = Array.from({ length: 10 }, () => start(viewer));
    await expect(start(viewer)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      message: '10 of your presets are running, the maximum. Wait until one ends, or stop one.',
      details: { retryAfter: 10 },
    });
    const others = start(other);
    await new Promise(setImmediate);
    endless.abort(new Error('stopped'));
    for (const each of [...runs, others]) await expect(each).rejects.toThrow('stopped');
    await expect(start(viewer)).rejects.toThrow('stopped');
  });
});

import type { Preset } from '../presets/preset.ts';
import type { PresetRuns } from '../presets/run/service.ts';
import type { RunInput } from './work.ts';

/** Runs an input of a batch of a preset, as `runPreset` does. */
export const createPresetWork =
  ({ run }: Pick<PresetRuns, 'run'>): RunInput =>
  async ({ viewer, batch, item, nextGenerationId: nextId, signal }) => {
    const { work } = batch;
    if (work.kind !== 'PRESET') throw new Error(`batch ${batch.id} is not of a preset`);
    const { presetId, version, definition } = work;
    // The copy of when the batch started.
    const preset: Preset = {
      id: presetId,
      ownerId: batch.ownerId,
      isShared: false,
      revision: 1,
      versions: [{ version, definition, createdAt: batch.createdAt }],
      createdAt: batch.createdAt,
      updatedAt: batch.createdAt,
    };
    const input = { variables: item.input, model: batch.model, background: { nextId } };
    const { result, text, error, model, promptTokens, completionTokens } = await run(
      viewer,
      preset,
      input,
      signal,
    );
    return { result, text, error, model, promptTokens, completionTokens };
  };

import {
  PresetByNameDocument,
  type PresetFragment,
  type PresetRunFragment,
  PresetsDocument,
  RunPresetDocument,
} from '../__generated__/graphql.ts';
import { ZiggieError } from '../errors.ts';
import { defaultPage, type Page, type PageOptions, pageOf } from '../pages.ts';
import { payloadOf } from '../transport/payload.ts';
import type { Request } from '../transport/requests.ts';

/** A preset, with the variables that a run needs. */
export type Preset = PresetFragment;

/** The result of a preset: as JSON, and typed for the built-in workflows. */
export type PresetRun = PresetRunFragment;

export interface PresetsOptions extends PageOptions {
  /** Words that the name, title, description and tags must contain. */
  readonly search?: string;
}

export interface PresetInput {
  /** Such as `code-review`. */
  readonly name: string;
  /** The values of the variables, by name. */
  readonly variables?: Readonly<Record<string, string | number | boolean>>;
  /** Default: the preset's. */
  readonly model?: string;
  /** An abort stops the model. */
  readonly signal?: AbortSignal;
  /** How long a run may take, in milliseconds. Default: an hour. */
  readonly timeoutMs?: number;
}

const defaultTimeoutMs = 60 * 60_000;

/** Lists presets by title. */
export const fetchPresets = async (
  request: Request,
  { signal, first = defaultPage, ...options }: PresetsOptions,
): Promise<Page<Preset>> => {
  const { presets } = await request(PresetsDocument, { first, ...options }, { ...(signal && { signal }) });
  return pageOf(presets);
};

/**
 * Runs a preset. Throws `OUTPUT_INVALID`, with the text of the model in `details.text`, if no answer matches its schema. A
 * run isn't repeated if its response is lost: that would be a second run.
 */
export const runPreset = async (
  request: Request,
  { name, variables = {}, model, signal, timeoutMs = defaultTimeoutMs }: PresetInput,
): Promise<PresetRun> => {
  const { preset } = await request(PresetByNameDocument, { name }, { ...(signal && { signal }) });
  const { runPreset: payload } = await request(
    RunPresetDocument,
    { input: { id: preset.id, variables, ...(model !== undefined && { model }) } },
    { ...(signal && { signal }), tryMs: timeoutMs, mayRetry: () => false },
  );
  const { run } = payloadOf(payload);
  if (run.error) throw new ZiggieError(run.error.code, run.error.message, { text: run.text });
  return run;
};

import { z } from 'zod';
import type { EngineModel } from '../../../engine/engine.ts';

const details = z.object({
  parent_model: z.string(),
  format: z.string(),
  family: z.string(),
  families: z.array(z.string()),
  parameter_size: z.string(),
  quantization_level: z.string(),
});

const detailsOf = ({ family, parameterSize, quantization }: EngineModel): z.infer<typeof details> => ({
  parent_model: '',
  format: 'gguf',
  family: family ?? '',
  families: family ? [family] : [],
  parameter_size: parameterSize ?? '',
  quantization_level: quantization ?? '',
});

const listed = z.object({
  name: z.string(),
  model: z.string(),
  modified_at: z.iso.datetime(),
  size: z.int().describe('In bytes.'),
  digest: z.string(),
  details,
});

export const modelList = z.object({ models: z.array(listed) });

export const modelListOf = (models: readonly EngineModel[]): z.infer<typeof modelList> => ({
  models: models.map((model) => ({
    name: model.name,
    model: model.name,
    modified_at: model.modifiedAt.toISOString(),
    size: model.size,
    digest: model.digest,
    details: detailsOf(model),
  })),
});

export const modelDetails = z.object({
  modelfile: z.string().describe('Empty: it is not published, like `template`, `parameters` and `license`.'),
  parameters: z.string(),
  template: z.string(),
  license: z.string(),
  details,
  model_info: z
    .record(z.string(), z.unknown())
    .describe('`general.architecture`, and the context length in tokens below the name of the architecture.'),
  capabilities: z.array(z.string()),
  modified_at: z.iso.datetime(),
});

export const modelDetailsOf = (model: EngineModel): z.infer<typeof modelDetails> => {
  const architecture = model.family ?? 'unknown';
  const parameters = parameterCountOf(model.parameterSize);
  return {
    modelfile: '',
    parameters: '',
    template: '',
    license: '',
    details: detailsOf(model),
    model_info: {
      'general.architecture': architecture,
      ...(parameters !== null && { 'general.parameter_count': parameters }),
      ...(model.contextLength !== null && { [`${architecture}.context_length`]: model.contextLength }),
    },
    capabilities: capabilitiesOf(model),
    modified_at: model.modifiedAt.toISOString(),
  };
};

/** Ollama's CLI takes every model that computes embeddings for one that does nothing else. */
const capabilitiesOf = ({ capabilities }: EngineModel): string[] =>
  capabilities.filter((each) => each !== 'embedding' || !capabilities.includes('completion'));

const factors: Readonly<Record<string, number>> = { K: 1e3, M: 1e6, B: 1e9, T: 1e12 };

/** Returns the number that a size such as `3.2B` stands for; null if it is unknown. */
const parameterCountOf = (size: string | null): number | null => {
  const [, digits, factor = ''] = /^(\d+(?:\.\d+)?)([KMBT])$/.exec(size ?? '') ?? [];
  return digits === undefined ? null : Math.round(Number(digits) * (factors[factor] ?? 1));
};

export const runningModels = z.object({
  models: z.array(
    z.object({
      name: z.string(),
      model: z.string(),
      size: z.int().describe('In bytes, on disk.'),
      digest: z.string(),
      details,
      expires_at: z.iso.datetime().describe('Always far ahead: the server decides when it unloads a model.'),
      size_vram: z.int().describe('Always 0: not known.'),
      context_length: z.int(),
    }),
  ),
});

/** Clients show a time so far ahead as "Forever". */
const never = '2318-01-01T00:00:00.000Z';

export const runningModelsOf = (models: readonly EngineModel[]): z.infer<typeof runningModels> => ({
  models: models
    .filter(({ loaded }) => loaded)
    .map((model) => ({
      name: model.name,
      model: model.name,
      size: model.size,
      digest: model.digest,
      details: detailsOf(model),
      expires_at: never,
      size_vram: 0,
      context_length: model.contextLength ?? 0,
    })),
});

/** The release of Ollama whose API this is. Clients check it for features. */
export const ollamaVersion = '0.17.4';

export const versionResponse = z.object({ version: z.string() });

import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { LlamaModel } from 'node-llama-cpp';
import { defaultModel } from '../download/download.ts';
import type { EngineModel } from '../engine.ts';

/** Derives a model's name from its file name, in Ollama's form: lower case, with a tag. */
export async function modelNameOf(path: string): Promise<string> {
  const { size } = await stat(path);
  if (basename(path) === defaultModel.file && size === defaultModel.size) return defaultModel.name;
  const stem = basename(path).replace(/\.gguf$/i, '');
  return `${stem.toLowerCase().replaceAll(/[^a-z0-9._-]+/g, '-')}:latest`;
}

/** Describes the model of the embedded engine. `contextLength` is in tokens. */
export async function describeModel(
  {
    path,
    name,
    digest,
    contextLength,
  }: { path: string; name: string; digest: string; contextLength: number },
  model: LlamaModel,
  fileTypes: Readonly<Record<number, string>>,
): Promise<EngineModel> {
  const { size, mtime } = await stat(path);
  const { general } = model.fileInfo.metadata;
  const fileType = general.file_type === undefined ? undefined : fileTypes[general.file_type];
  return {
    name,
    digest,
    size,
    modifiedAt: mtime,
    family: general.architecture,
    parameterSize: general.size_label ?? null,
    quantization: fileType?.replace('MOSTLY_', '') ?? null,
    contextLength,
    capabilities: ['completion', 'embedding'],
    loaded: true,
    canContinue: true,
  };
}

import { badInput } from '../../errors/failures.ts';
import { builder, type SchemaTypes } from '../../graph/builder.ts';
import { type Context, viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import { presetLimits } from '../../presets/definition/definition.ts';
import { batchLimits } from '../batch.ts';
import {
  type FileFormat,
  fileFormats,
  type GivenInputs,
  type ListedInput,
  textOfFile,
} from '../inputs/parse.ts';
import type { PresetBatchRequest } from '../service.ts';

export const BatchFileFormat = builder.enumType('BatchFileFormat', {
  description: 'The format of a file with inputs.',
  values: {
    JSONL: {
      description:
        'A JSON object on each line: `{"id": "a", "variables": {"text": "Hello"}}`, `id` optional.',
    },
    CSV: {
      description: 'A header with the names of the variables, and `id` if wanted; then a row for each input.',
    },
  } satisfies Record<FileFormat, { description: string }>,
});

const BatchInputItem = builder.inputType('BatchInputItem', {
  description: 'One input of a batch.',
  fields: (t) => ({
    id: t.string({
      description: 'Identifies the input in the batch. Omitted: its number, from 1.',
      bounds: { maxLength: batchLimits.key },
    }),
    variables: t.field({
      type: 'JSON',
      description: 'The values of the variables: an object by name.',
      bounds: { maxLength: batchLimits.inputBytes },
    }),
  }),
});

type InputFields = PothosSchemaTypes.InputFieldBuilder<
  PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>,
  'InputObject'
>;

/** The fields of the input of `estimateBatch` and `runBatch`. */
export const batchFields = (t: InputFields) => ({
  presetId: t.id({ required: true, description: 'The id of the preset.' }),
  inputs: t.field({
    type: [BatchInputItem],
    description: 'The inputs, if they are few. For more, send a file.',
    bounds: { maxItems: batchLimits.inline },
  }),
  file: t.field({
    type: 'Upload',
    description: 'A file with at most 10,000 inputs, in a multipart request.',
    bounds: { maxLength: batchLimits.bytes },
  }),
  format: t.field({
    type: BatchFileFormat,
    description: 'The format of the file. Omitted: `CSV` if its name ends with `.csv`, else `JSONL`.',
  }),
  model: t.string({
    description: "The model. Omitted: the preset's, or else the default one.",
    bounds: { maxLength: presetLimits.model },
  }),
});

export interface BatchFields {
  readonly presetId: string;
  readonly inputs?: readonly ListedInput[] | null | undefined;
  readonly file?: File | null | undefined;
  readonly format?: FileFormat | null | undefined;
  readonly model?: string | null | undefined;
}

/** Loads the preset, and reads the file. */
export const requestOf = async (
  input: BatchFields,
  context: Context,
  idempotencyKey: string | null,
): Promise<PresetBatchRequest> => {
  const preset = await context.presets.find(viewerOf(context), decodeId('Preset', input.presetId));
  return { preset, inputs: await inputsOf(input), model: input.model ?? null, idempotencyKey };
};

const inputsOf = async ({ inputs, file, format }: BatchFields): Promise<GivenInputs> => {
  if (inputs && file) throw badInput('inputs', 'Send inputs or a file, not both.');
  if (inputs) return { kind: 'LIST', inputs };
  if (!file) throw badInput('inputs', 'Send inputs, or a file with them.');
  const text = textOfFile(new Uint8Array(await file.arrayBuffer()));
  return { kind: format ?? formatOf(file.name), text };
};

const formatOf = (name: string): FileFormat =>
  fileFormats.find((format) => name.toLowerCase().endsWith(`.${format.toLowerCase()}`)) ?? 'JSONL';

import type { z } from 'zod';
import type { Viewer } from '../../../../access/viewer.ts';
import { type Batch, type BatchItemStatus, isOpen } from '../../../../batches/batch.ts';
import type { Batches } from '../../../../batches/service.ts';
import { Failure, notFound } from '../../../../errors/failures.ts';
import { createKeyedLimit } from '../../../../process/keyedLimit.ts';
import { secondsOf } from '../openaiResponses.ts';
import { findBatch, openaiBatchesOf } from './batchRoutes.ts';
import { openaiBatchOf, type openaiFile, responseLineOf } from './batchShapes.ts';
import { type FileId, fileIdOf } from './ids.ts';

export type OutputId = Exclude<FileId, { kind: 'UPLOADED' }>;

/** A file with the output or the errors of a batch. */
export interface OutputFile {
  readonly id: string;
  readonly of: OutputId;
  readonly batch: Batch;
}

/** The inputs of the lines of a file of a batch. */
const statusesOf: Readonly<Record<OutputId['kind'], readonly BatchItemStatus[]>> = {
  OUTPUT: ['COMPLETED'],
  // Those that a crash left unfinished are cancelled too.
  ERRORS: ['FAILED', 'CANCELLED', 'PENDING', 'RUNNING'],
};

/** Sizes that a process remembers: a batch that has ended doesn't change. */
const maxSizes = 1_000;

/** The files with the output or the errors of batches, which are written only while they are downloaded. */
export const createOutputFiles = (batches: Pick<Batches, 'find' | 'page' | 'allItems'>) => {
  /** By the id of the file, the one that was asked for last at the end. */
  const sizes = new Map<string, Promise<number>>();
  const measuring = createKeyedLimit(1);

  const filesOf = (batch: Batch): readonly OutputFile[] => {
    const { output_file_id: output, error_file_id: errors } = openaiBatchOf(batch);
    return (['OUTPUT', 'ERRORS'] as const)
      .map((kind) => ({ kind, batchId: batch.id }))
      .map((of) => ({ id: fileIdOf(of), of, batch }))
      .filter(({ id }) => !isOpen(batch.status) && (id === output || id === errors));
  };

  const lines = async function* (viewer: Viewer, { batch, of }: OutputFile) {
    for await (const item of batches.allItems(viewer, batch.id, statusesOf[of.kind])) {
      yield `${JSON.stringify(responseLineOf(item, batch))}\n`;
    }
  };

  const measure = async (viewer: Viewer, file: OutputFile): Promise<number> => {
    let bytes = 0;
    for await (const line of lines(viewer, file)) bytes += Buffer.byteLength(line);
    return bytes;
  };

  const sizeOf = (viewer: Viewer, file: OutputFile): Promise<number> => {
    const known = sizes.get(file.id);
    const size = known ?? measuring.run(viewer.user.id, () => measure(viewer, file));
    sizes.delete(file.id);
    sizes.set(file.id, size);
    const [oldest] = sizes.keys();
    if (sizes.size > maxSizes && oldest !== undefined) sizes.delete(oldest);
    if (!known) {
      size.catch(() => {
        if (sizes.get(file.id) === size) sizes.delete(file.id);
      });
    }
    return size;
  };

  return {
    lines,

    /** Throws `NOT_FOUND` unless the batch has such a file. */
    async find(viewer: Viewer, of: OutputId): Promise<OutputFile> {
      const batch = await findBatch(batches, viewer, of.batchId).catch((error: unknown) => {
        throw error instanceof Failure && error.code === 'NOT_FOUND' ? notFound('file') : error;
      });
      const file = filesOf(batch).find(({ id }) => id === fileIdOf(of));
      if (!file) throw notFound('file');
      return file;
    },

    /** Returns the files of all batches that have ended, those of the newest batch first. */
    async list(viewer: Viewer): Promise<readonly OutputFile[]> {
      const files: OutputFile[] = [];
      for await (const batch of openaiBatchesOf(batches, viewer, null)) files.push(...filesOf(batch));
      return files;
    },

    async shapeOf(viewer: Viewer, file: OutputFile): Promise<z.input<typeof openaiFile>> {
      const { id, of, batch } = file;
      return {
        id,
        object: 'file',
        bytes: await sizeOf(viewer, file),
        created_at: secondsOf(batch.endedAt ?? batch.createdAt),
        filename: `batch_${batch.id}_${of.kind.toLowerCase()}.jsonl`,
        purpose: 'batch_output',
        status: 'processed',
      };
    },
  };
};

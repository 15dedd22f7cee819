import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Creates a data folder for a test. */
export const makeFolder = () => mkdtemp(join(tmpdir(), 'ziggie-e2e-'));

export const removeFolder = (folder: string) => rm(folder, { recursive: true, force: true });

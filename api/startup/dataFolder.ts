import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { StartupError } from '../errors/startupError.ts';
import { systemCode } from '../errors/systemErrors.ts';

/** The data folder can't be created or written. The message is one line that says why and what to do. */
export class DataFolderUnusable extends StartupError {
  override readonly name = 'DataFolderUnusable';
}

/** Creates the data folder if it is missing, accessible to its owner only, and checks that it is writable. */
export const prepareDataFolder = (dataDir: string): void => {
  try {
    createFolder(resolve(dataDir));
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new DataFolderUnusable(
      `The data folder ${dataDir} can't be created or written (${systemCode(error) ?? String(error)}). Give this user write access to it, or set DATA_DIR to another folder.`,
      { cause: error },
    );
  }
};

/** Creates each parent itself: `mkdir` with `recursive` never returns if a parent such as /proc allows no folders. */
const createFolder = (path: string): void => {
  if (existsSync(path)) return;
  createFolder(dirname(path));
  mkdirSync(path, { mode: 0o700 });
};

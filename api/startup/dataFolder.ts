import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { StartupError } from '../errors/startupError.ts';
import { systemCode } from '../errors/systemErrors.ts';

/** A data folder that can't be had. The message is one line that says why and what to do. */
export class DataFolderUnusable extends StartupError {
  override readonly name = 'DataFolderUnusable';
}

/** Makes the folder where it isn't there, for its owner alone, and sees that it can be written. */
export const prepareDataFolder = (dataDir: string): void => {
  try {
    makeFolder(resolve(dataDir));
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new DataFolderUnusable(
      `The data folder ${dataDir} can't be made or written (${systemCode(error) ?? String(error)}): give this user write access to it, or set DATA_DIR to another folder.`,
      { cause: error },
    );
  }
};

/** Step by step: `mkdir` with `recursive` never ends where a parent, such as /proc, is there but takes no folders. */
const makeFolder = (path: string): void => {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path, { mode: 0o700 });
};

import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { mergeEnvironments } from '../api/config/config.ts';
import { systemCode } from '../api/errors/systemErrors.ts';

/** Returns the variables of the process, and those of `.env` in the current folder that it lacks, as the server does. */
export const readEnvironment = () => {
  try {
    return mergeEnvironments(process.env, parseEnv(readFileSync('.env', 'utf8')));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return process.env;
    throw error;
  }
};

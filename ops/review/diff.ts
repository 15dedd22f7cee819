import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { UsageError } from './options.ts';

const run = promisify(execFile);

/** Maximum bytes of a diff. */
const maxBytes = 64 * 1024 * 1024;

/** Independent of the user's configuration of git. */
const format = [
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
  '--src-prefix=a/',
  '--dst-prefix=b/',
  '--unified=5',
];

/** Returns the changes since the branch forked from `base`, uncommitted ones included. Throws `UsageError`. */
export const diffSince = async (base: string, folder: string): Promise<string> => {
  // A name that starts with a dash would be read as an option.
  if (base.startsWith('-')) throw new UsageError(`--base ${base} is not a branch.`);
  const git = async (...args: readonly string[]) =>
    (await run('git', args, { cwd: folder, maxBuffer: maxBytes })).stdout;
  try {
    const fork = (await git('merge-base', base, 'HEAD')).trim();
    return await git('diff', ...format, fork);
  } catch (error) {
    const [reason = 'git failed'] = String((error as { stderr?: string }).stderr ?? error)
      .trim()
      .split('\n');
    throw new UsageError(`The changes since ${base} can't be read: ${reason}`);
  }
};

/** Returns standard input as text. Throws `UsageError` if it is too large. */
export const readAll = async (input: AsyncIterable<Buffer>): Promise<string> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of input) {
    bytes += chunk.length;
    if (bytes > maxBytes)
      throw new UsageError(`The diff has more than ${maxBytes} bytes. Review it by parts.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

export interface FileDiff {
  readonly file: string;
  readonly diff: string;
}

/**
 * Splits a diff into the diffs of its files, without those that add no line. Each is a run of its own: its response comes
 * sooner, and the findings of the other files are kept if one fails.
 */
export const filesOf = (diff: string): readonly FileDiff[] =>
  diff
    .split(/^(?=diff --git )/m)
    .filter((part) => /^\+(?!\+\+ )/m.test(part))
    .map((part) => ({ file: /^\+\+\+ (?:b\/)?(.+?)\t?$/m.exec(part)?.[1] ?? 'input', diff: part }));

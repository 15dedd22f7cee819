import { execFile } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { previousRelease } from '../../release/git.ts';

const repo = fileURLToPath(new URL('../../..', import.meta.url));

/** The commit of the previous release. A clone without history has no other release: two servers of this one are tried then. */
export const previous = process.env.PREVIOUS_RELEASE || ((await previousRelease(repo)) ?? 'HEAD');

/** Unpacks the previous release into the folder. Its programs use this version's packages. */
export const unpackPrevious = async (folder: string): Promise<void> => {
  await mkdir(folder);
  const archive = join(folder, '..', 'previous.tar');
  await promisify(execFile)('git', ['archive', '--output', archive, previous], { cwd: repo });
  await promisify(execFile)('tar', ['-xf', archive, '-C', folder]);
  await symlink(join(repo, 'node_modules'), join(folder, 'node_modules'));
};

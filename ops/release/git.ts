import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** A commit, with the paths that it changes. */
export interface Commit {
  readonly hash: string;
  readonly subject: string;
  readonly body: string;
  readonly paths: readonly string[];
}

/** Runs git in the folder and returns its output. */
export const git = async (folder: string, ...args: string[]): Promise<string> => {
  const options = { cwd: folder, maxBuffer: 256 * 1024 * 1024 };
  return (await promisify(execFile)('git', args, options)).stdout;
};

/** The last commit before releases were tagged, as it was installed. */
const lastUntagged = '36338cf365180f08641d39d24ce3c66a2c07b341';

/** Returns the newest tag of the form `v1.2.3` before `head`; null if there is none. */
export const lastTag = async (folder: string, head = 'HEAD'): Promise<string | null> => {
  const tags = await git(
    folder,
    ...['tag', '--merged', head, '--sort=-version:refname', '--list', 'v[0-9]*.[0-9]*.[0-9]*'],
  );
  return tags.split('\n').find((tag) => /^v\d+\.\d+\.\d+$/.test(tag)) ?? null;
};

/**
 * Returns the commit that counts as the previous release: the newest tag; without one, the last commit before releases were
 * tagged. Null if the history has neither, as in a shallow clone.
 */
export const previousRelease = async (folder: string, head = 'HEAD'): Promise<string | null> => {
  const tag = await lastTag(folder, head);
  if (tag !== null) return (await git(folder, 'rev-list', '-n', '1', tag)).trim();
  const isKnown = git(folder, 'merge-base', '--is-ancestor', lastUntagged, head);
  return isKnown.then(
    () => lastUntagged,
    () => null,
  );
};

/** Returns the commits after `since` (null: all) up to `head`, oldest first, without merges. */
export const commitsSince = async (
  folder: string,
  since: string | null,
  head = 'HEAD',
): Promise<readonly Commit[]> => {
  const range = since === null ? head : `${since}..${head}`;
  const log = await git(
    folder,
    ...['log', '--reverse', '--no-merges', '--name-only', '--format=%x1e%h%x1f%s%x1f%b%x1f', range],
  );
  return log
    .split('\x1e')
    .slice(1)
    .map((text) => {
      const [hash = '', subject = '', body = '', paths = ''] = text.split('\x1f');
      return { hash, subject, body: body.trim(), paths: paths.split('\n').filter((path) => path !== '') };
    });
};

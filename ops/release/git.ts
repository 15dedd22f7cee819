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

/** Returns the newest tag of the form `v1.2.3` before `head`; null if there is none. */
export const lastTag = async (folder: string, head = 'HEAD'): Promise<string | null> => {
  const tags = await git(
    folder,
    ...['tag', '--merged', head, '--sort=-version:refname', '--list', 'v[0-9]*.[0-9]*.[0-9]*'],
  );
  return tags.split('\n').find((tag) => /^v\d+\.\d+\.\d+$/.test(tag)) ?? null;
};

/**
 * Returns the commit that counts as the previous release: the newest tag; without one, the last commit of `head`'s history
 * before the day (UTC) of `head`, as an installation that is upgraded every night has it. Null in a history of one day.
 */
export const previousRelease = async (folder: string, head = 'HEAD'): Promise<string | null> => {
  const tag = await lastTag(folder, head);
  if (tag !== null) return (await git(folder, 'rev-list', '-n', '1', tag)).trim();
  const seconds = Number(await git(folder, 'log', '-1', '--format=%ct', head));
  const day = new Date(seconds * 1000).toISOString().slice(0, 10);
  const before = await git(
    folder,
    ...['rev-list', '-n', '1', '--first-parent', `--before=${day}T00:00:00Z`, head],
  );
  return before.trim() || null;
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

import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const pattern = /^ziggie-\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}\.\d{3}Z\.backup\.age$/;

/** The name of a backup: names sort by time. */
export const backupName = (at: Date): string => `ziggie-${at.toISOString().replaceAll(':', '-')}.backup.age`;

/** Deletes all but the `keep` newest backups of a folder; other files stay. Returns the deleted names. */
export const applyRetention = async (folder: string, keep: number): Promise<readonly string[]> => {
  const backups = (await readdir(folder)).filter((name) => pattern.test(name)).sort();
  const old = backups.slice(0, Math.max(0, backups.length - keep));
  for (const name of old) await rm(join(folder, name));
  return old;
};

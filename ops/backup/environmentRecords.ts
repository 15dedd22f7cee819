import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { variables } from '../../api/config/variables.ts';
import type { ArchiveRecord } from './archive.ts';

/** Returns a value as a file of variables needs it. In double quotes, `util.parseEnv` reads `\\n` as a line feed. */
const quoted = (value: string): string => {
  if (/^[\w./:@,=+-]*$/.test(value)) return value;
  const quote = ["'", '`', '"'].find((mark) => !value.includes(mark));
  return quote ? `${quote}${value}${quote}` : value;
};

/**
 * Yields the variables of the server as `.env`: the file in the current folder, then those that only the environment has. In
 * containers and with systemd these are all.
 */
export const environmentRecords = function* (
  environment: Readonly<Record<string, string | undefined>>,
): Generator<ArchiveRecord> {
  const file = existsSync('.env') ? readFileSync('.env', 'utf8') : '';
  const written = parseEnv(file);
  const lines = Object.keys(variables).flatMap((name) => {
    // The passphrase is stored apart.
    const value = name === 'BACKUP_PASSPHRASE' ? undefined : environment[name];
    return value === undefined || value === '' || written[name] === value ? [] : `${name}=${quoted(value)}`;
  });
  const own = ['# From the environment in which the backup was made', ...lines, ''].join('\n');
  const separator = file === '' || file.endsWith('\n') ? '' : '\n';
  const text = lines.length === 0 ? file : file + separator + own;
  if (text !== '') yield { file: '.env', data: Buffer.from(text).toString('base64') };
};

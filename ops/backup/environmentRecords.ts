import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { variables } from '../../api/config/variables.ts';
import { systemCode } from '../../api/errors/systemErrors.ts';
import type { ArchiveRecord } from './archive.ts';

const readFile = (): string => {
  try {
    return readFileSync('.env', 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return '';
    throw error;
  }
};

/** Returns a value as a file of variables needs it; `util.parseEnv` knows no escapes but a line feed. */
const quoted = (value: string): string => {
  if (/^[\w./:@,=+-]*$/.test(value)) return value;
  const quote = ["'", '"', '`'].find((mark) => !value.includes(mark));
  return quote ? `${quote}${value}${quote}` : value;
};

/**
 * Yields the variables of the server as `.env`: the file in the current folder, then those that only the environment has. In
 * containers and with systemd these are all.
 */
export const environmentRecords = function* (
  environment: Readonly<Record<string, string | undefined>>,
): Generator<ArchiveRecord> {
  const file = readFile();
  const written = parseEnv(file);
  const lines = Object.keys(variables).flatMap((name) => {
    // The passphrase is stored apart.
    const value = name === 'BACKUP_PASSPHRASE' ? undefined : environment[name];
    return value === undefined || value === '' || written[name] === value ? [] : `${name}=${quoted(value)}`;
  });
  const own = lines.length === 0 ? [] : ['# From the environment in which the backup was made', ...lines, ''];
  const text = [...(file === '' ? [] : [file.replace(/\n$/, '')]), ...own].join('\n');
  if (text !== '')
    yield { file: '.env', data: Buffer.from(lines.length === 0 ? file : text).toString('base64') };
};

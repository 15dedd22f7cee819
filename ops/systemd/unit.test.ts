import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { variables } from '../../api/config/variables.ts';

const file = new URL('ziggie-llm.service', import.meta.url);

describe('the unit of systemd', () => {
  let unit: string;
  beforeAll(async () => {
    unit = await readFile(file, 'utf8');
  });
  const value = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1] ?? '';

  it('starts the same program as npm start, and waits until it is ready', async () => {
    const { scripts } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(value('ExecStart')).toContain(scripts.start.replace(/^exec node /, ''));
    expect([value('Type'), value('NotifyAccess')]).toEqual(['notify', 'all']);
  });

  it('waits longer for a stop than the server drains and closes', () => {
    expect(Number(value('TimeoutStopSec'))).toBeGreaterThan(variables.DRAIN_S.schema.parse(undefined) + 10);
  });

  it('is valid for systemd, where that is installed', async () => {
    const verify = promisify(execFile)('systemd-analyze', ['verify', '--man=no', file.pathname]);
    const complaints = await verify.then(
      ({ stderr }) => stderr,
      ({ code, stderr }) => (code === 'ENOENT' ? '' : stderr),
    );
    // The program is in the folder of the installation, which this machine lacks.
    const lines = String(complaints)
      .split('\n')
      .filter(
        (line) => line.includes('ziggie-llm.service') && !/is not executable|Failed to create/.test(line),
      );
    expect(lines).toEqual([]);
  });
});

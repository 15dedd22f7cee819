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

  it('is backed up by a unit with the same user, folders and variables', async () => {
    const backup = await readFile(new URL('ziggie-llm-backup.service', file), 'utf8');
    const settingOf = (text: string, name: string) => new RegExp(`^${name}=-?(.*)$`, 'm').exec(text)?.[1];
    for (const name of ['User', 'WorkingDirectory', 'EnvironmentFile', 'StateDirectory']) {
      expect([name, settingOf(backup, name)]).toEqual([name, settingOf(unit, name)]);
    }
    const [dataDir] = /DATA_DIR=\S+/.exec(unit) ?? [''];
    expect(backup).toContain(dataDir);
    const { scripts } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(settingOf(backup, 'ExecStart')).toContain(scripts.backup.replace(/^node /, ''));
  });

  const units = ['ziggie-llm.service', 'ziggie-llm-backup.service', 'ziggie-llm-backup.timer'];
  it.each(units)('is valid for systemd, where that is installed: %s', async (name) => {
    const { pathname } = new URL(name, file);
    const verify = promisify(execFile)('systemd-analyze', ['verify', '--man=no', pathname]);
    const complaints = await verify.then(
      ({ stderr }) => stderr,
      ({ code, stderr }) => (code === 'ENOENT' ? '' : stderr),
    );
    // The program is in the folder of the installation, which this machine lacks.
    const lines = String(complaints)
      .split('\n')
      .filter((line) => line.includes(name) && !/is not executable|Failed to create/.test(line));
    expect(lines).toEqual([]);
  });
});

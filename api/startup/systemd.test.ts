import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { notifySystemd } from './systemd.ts';

describe('systemd', () => {
  let folder: string;
  const warnings: unknown[] = [];
  const log = { warn: (...line: unknown[]) => warnings.push(line) };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ziggie-'));
    warnings.length = 0;
  });
  afterEach(() => rm(folder, { recursive: true }));

  const install = async (script: string) => {
    const path = join(folder, 'systemd-notify');
    await writeFile(path, `#!/bin/sh\n${script}\n`);
    await chmod(path, 0o755);
  };
  const environment = () => ({ PATH: `${folder}:/usr/bin:/bin`, NOTIFY_SOCKET: `${folder}/notify` });
  const told = () => readFile(join(folder, 'told'), 'utf8').catch(() => '');

  it('is notified of both states, at the socket that it gave', async () => {
    await install(`echo "$NOTIFY_SOCKET $*" >> ${folder}/told`);
    await notifySystemd('ready', environment(), log);
    await notifySystemd('stopping', environment(), log);
    expect(await told()).toBe(`${folder}/notify READY=1\n${folder}/notify STOPPING=1\n`);
    expect(warnings).toEqual([]);
  });

  it('is not notified by a process that it did not start', async () => {
    await install(`echo "$*" >> ${folder}/told`);
    await notifySystemd('ready', { PATH: folder }, log);
    expect(await told()).toBe('');
  });

  it('fails without an effect on the server', async () => {
    await install('exit 3');
    await notifySystemd('ready', environment(), log);
    expect(warnings.length).toBe(1);
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { AttackOptions } from './attack.ts';

const program = fileURLToPath(new URL('./main.ts', import.meta.url));

/** An attack in its own process. */
export interface RunningAttack {
  /** Resolves to what the attacker counted when the attack has ended. */
  readonly ended: Promise<Readonly<Record<string, number>>>;
}

/** Starts a flood of `seconds`. Resolves when it has begun. `command` runs the process, such as `taskset`. */
export const startAttack = async (
  flood: string,
  seconds: number,
  options: AttackOptions,
  command: readonly string[],
): Promise<RunningAttack> => {
  const [first = '', ...flags] = [...command, process.execPath];
  const child = spawn(
    first,
    [...flags, '--disable-warning=ExperimentalWarning', program, flood, String(seconds)],
    {
      env: { PATH: process.env.PATH, ATTACK: JSON.stringify(options) },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    },
  );
  let report = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    report += text;
  });
  const closed = once(child, 'close').then(([code]) => {
    if (code !== 0) throw new Error(`the attacker exited with ${code}`);
    return JSON.parse(report) as Readonly<Record<string, number>>;
  });
  await Promise.race([once(child, 'message'), closed]);
  return { ended: closed };
};

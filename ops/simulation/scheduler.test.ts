import { createRandom } from './random.ts';
import { type Process, Scheduler } from './scheduler.ts';

const createProcess = (): Process => ({
  name: 'replica 1',
  state: 'running',
  isDisturbed: false,
  held: [],
});

describe('the scheduler of the simulation', () => {
  let scheduler: Scheduler;
  beforeEach(() => {
    scheduler = new Scheduler(createRandom(1));
  });

  it('advances time only when no task is due', async () => {
    const ran: string[] = [];
    scheduler.add('later', () => ran.push(`later at ${scheduler.now}`), { delayMs: 500 });
    scheduler.add('now', () => ran.push(`now at ${scheduler.now}`));
    while (await scheduler.step());
    expect(ran).toEqual(['now at 0', 'later at 500']);
  });

  it('plays the same order for the same seed', async () => {
    const play = async (seed: number) => {
      const ran: number[] = [];
      const one = new Scheduler(createRandom(seed));
      for (let index = 0; index < 20; index += 1) one.add(`${index}`, () => ran.push(index));
      while (await one.step());
      return ran.join();
    };
    expect(await play(7)).toBe(await play(7));
    expect(await play(7)).not.toBe(await play(8));
  });

  it('holds the due tasks of a paused process until it resumes', async () => {
    const process = createProcess();
    let ran = 0;
    scheduler.add('timer', () => void ran++, { context: { process }, delayMs: 10, kind: 'timer' });
    process.state = 'paused';
    await scheduler.pass(1000);
    expect(ran).toBe(0);
    scheduler.resume(process);
    await scheduler.step();
    expect(ran).toBe(1);
  });

  it('runs no task of a killed process', async () => {
    const process = createProcess();
    let ran = 0;
    scheduler.add('task', () => void ran++, { context: { process } });
    process.state = 'killed';
    expect(await scheduler.step()).toBe(false);
    expect(ran).toBe(0);
  });

  it('detects a loop in which time does not advance', async () => {
    const again = () => void scheduler.add('again', again);
    again();
    const loop = async () => {
      while (await scheduler.step());
    };
    await expect(loop()).rejects.toThrow(/unbounded loop: .* "again"/);
  });
});

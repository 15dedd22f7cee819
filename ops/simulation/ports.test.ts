import { setImmediate } from 'node:timers/promises';
import { createLink, createNetwork } from './network.ts';
import { remote } from './ports.ts';
import { createRandom } from './random.ts';
import { type Process, Scheduler } from './scheduler.ts';

describe('a port of the simulation', () => {
  it('is observed after a deletion that waits for its turn', async () => {
    const scheduler = new Scheduler(createRandom(1));
    const process: Process = { name: 'replica 1', state: 'running', isDisturbed: false, held: [] };
    const happened: string[] = [];
    const store = {
      async delete() {
        await setImmediate();
        happened.push('deleted');
      },
      async insert() {
        happened.push('inserted');
      },
    };
    const port = remote(
      createNetwork(scheduler, createRandom(1)),
      createLink(process),
      'store',
      'rows',
      store,
      (_, method) => happened.push(`observed ${method}`),
    );
    for (const call of [port.insert, port.delete]) {
      const called = call();
      while (await scheduler.step());
      await called;
    }
    expect(happened).toEqual(['inserted', 'observed insert', 'deleted', 'observed delete']);
  });
});

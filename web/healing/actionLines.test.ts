import { actionsOf } from './actionLines.ts';

describe('the actions of a form', () => {
  it('are read one a line, with their descriptions and approvals', () => {
    expect(actionsOf('restart-worker: Restarts it: at once.\n\n ! roll-back: Goes back.\nreload')).toEqual([
      { name: 'restart-worker', description: 'Restarts it: at once.', needsApproval: false },
      { name: 'roll-back', description: 'Goes back.', needsApproval: true },
      { name: 'reload', description: '', needsApproval: false },
    ]);
  });
});

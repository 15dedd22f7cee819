export interface NewAction {
  readonly name: string;
  readonly description: string;
  readonly needsApproval: boolean;
}

/** Reads one action a line: `restart-worker: Restarts the worker.` A `!` in front: a person approves each run. */
export const actionsOf = (text: string): readonly NewAction[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const needsApproval = line.startsWith('!');
      const [name = '', ...rest] = (needsApproval ? line.slice(1) : line).split(':');
      return { name: name.trim(), description: rest.join(':').trim(), needsApproval };
    });

import { may } from '../access/permissions.ts';
import type { Viewer } from '../access/viewer.ts';
import { badInput } from '../errors/failures.ts';
import { type Tool, toolLimits } from './tool.ts';

/** The configured tools. */
export interface Tools {
  /** Returns the tools that the viewer may use, by name. */
  list(viewer: Viewer): readonly Tool[];
  /** Returns a tool if the viewer may use it, else null. */
  find(viewer: Viewer, name: string): Tool | null;
  /** Returns those of the names that the viewer may use. */
  usable(viewer: Viewer, names: readonly string[]): readonly string[];
  /** Returns the names without repetitions. Throws `BAD_USER_INPUT` for a tool that the viewer may not use, and for too many. */
  check(viewer: Viewer, names: readonly string[]): readonly string[];
}

/**
 * Whether a model asks, by a tool that is an operation. Its answers use no tools: their calls would be shown as asked for by
 * the user, who did not choose these tools, and answers could start each other without an end.
 */
export const isByTool = ({ origin }: Viewer): boolean => origin?.surface === 'tool';

export const createTools = (all: readonly Tool[]): Tools => {
  const byName = new Map(
    [...all].sort((one, other) => (one.name < other.name ? -1 : 1)).map((tool) => [tool.name, tool]),
  );
  const find = (viewer: Viewer, name: string): Tool | null => {
    const tool = byName.get(name);
    return tool?.roles.includes(viewer.user.role) && may(viewer, 'generate') ? tool : null;
  };
  const list = (viewer: Viewer) => [...byName.keys()].flatMap((name) => find(viewer, name) ?? []);
  return {
    list,
    find,
    usable: (viewer, names) => names.filter((name) => find(viewer, name) !== null),
    check(viewer, names) {
      const unique = [...new Set(names)];
      if (unique.length > toolLimits.tools) {
        throw badInput('tools', `tools has ${unique.length} names; it may have at most ${toolLimits.tools}.`);
      }
      for (const name of unique) {
        if (find(viewer, name)) continue;
        const usable = list(viewer).map((tool) => tool.name);
        const known =
          usable.length > 0 ? `You may use: ${usable.join(', ')}.` : 'No tools are set up for your role.';
        throw badInput('tools', `There is no tool ${JSON.stringify(name)} that you may use. ${known}`);
      }
      return unique;
    },
  };
};

import { badInput } from '../errors/failures.ts';

/** The allow-list. Commands that aren't in it can't be planned, requested or run. */
export const commandNames = [
  'PS',
  'IMAGES',
  'LOGS',
  'STATS',
  'INSPECT',
  'START',
  'STOP',
  'RESTART',
  'PAUSE',
  'UNPAUSE',
  'REMOVE',
] as const;

export type CommandName = (typeof commandNames)[number];

/** The harm that a command can do. This code assigns it, never a model. */
export const risks = ['NONE', 'LOW', 'MEDIUM', 'HIGH'] as const;

export type Risk = (typeof risks)[number];

export interface CommandRule {
  /** The word after `docker`. */
  readonly word: string;
  /** `NONE`: the command only reads. */
  readonly risk: Risk;
  readonly needsContainer: boolean;
}

export const commandRules: Readonly<Record<CommandName, CommandRule>> = {
  PS: { word: 'ps', risk: 'NONE', needsContainer: false },
  IMAGES: { word: 'images', risk: 'NONE', needsContainer: false },
  LOGS: { word: 'logs', risk: 'NONE', needsContainer: true },
  STATS: { word: 'stats', risk: 'NONE', needsContainer: true },
  INSPECT: { word: 'inspect', risk: 'NONE', needsContainer: true },
  START: { word: 'start', risk: 'LOW', needsContainer: true },
  UNPAUSE: { word: 'unpause', risk: 'LOW', needsContainer: true },
  RESTART: { word: 'restart', risk: 'MEDIUM', needsContainer: true },
  PAUSE: { word: 'pause', risk: 'MEDIUM', needsContainer: true },
  STOP: { word: 'stop', risk: 'MEDIUM', needsContainer: true },
  REMOVE: { word: 'rm', risk: 'HIGH', needsContainer: true },
};

/** Lines of a log: the default and the maximum. */
export const logLines = { usual: 100, max: 500 } as const;

/** Maximum characters of a container's name or id. */
export const maxContainerLength = 128;

/** A checked command. */
export interface DockerCommand {
  readonly name: CommandName;
  /** A name or id; null: the command concerns no container. */
  readonly container: string | null;
  /** The last lines of `LOGS`; null for other commands. */
  readonly lines: number | null;
}

/** Docker's own rule for names, which also fits ids. */
const containerPattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

export const isContainerName = (text: string): boolean =>
  text.length <= maxContainerLength && containerPattern.test(text);

export const isReadOnly = ({ name }: Pick<DockerCommand, 'name'>): boolean =>
  commandRules[name].risk === 'NONE';

/** What a caller sends. */
export interface GivenCommand {
  readonly name: string;
  readonly container?: string | null | undefined;
  readonly lines?: number | null | undefined;
}

/** Returns the command. Throws `BAD_USER_INPUT` that names the wrong argument. */
export const checkCommand = ({ name, container = null, lines = null }: GivenCommand): DockerCommand => {
  const known = commandNames.find((each) => each === name);
  if (known === undefined) {
    throw badInput(
      'name',
      `"${name.slice(0, 40)}" is not an allowed command. Allowed: ${commandNames.join(', ')}.`,
    );
  }
  const { needsContainer, word } = commandRules[known];
  if (needsContainer && (container === null || !isContainerName(container))) {
    throw badInput(
      'container',
      `docker ${word} needs the name or id of one container: letters, digits, "_", "." and "-", at most ${maxContainerLength}.`,
    );
  }
  if (!needsContainer && container !== null) {
    throw badInput('container', `docker ${word} takes no container. Leave it out.`);
  }
  if (lines !== null && known !== 'LOGS') throw badInput('lines', 'Only docker logs takes lines.');
  if (lines !== null && !(Number.isInteger(lines) && lines >= 1 && lines <= logLines.max)) {
    throw badInput('lines', `lines is ${lines}; it must be from 1 to ${logLines.max}.`);
  }
  return { name: known, container, lines: known === 'LOGS' ? (lines ?? logLines.usual) : null };
};

/** Returns the command as a person would type it. It is only shown: no shell ever reads it. */
export const textOf = ({ name, container, lines }: DockerCommand): string =>
  ['docker', commandRules[name].word, ...(lines === null ? [] : ['--tail', String(lines)]), container]
    .filter((part) => part !== null)
    .join(' ');

/** The commands that change a container. */
export type ChangingCommand = Exclude<CommandName, 'PS' | 'IMAGES' | 'LOGS' | 'STATS' | 'INSPECT'>;

/** A container, as far as commands need it. */
export interface DockerContainer {
  /** The whole id, in hex. */
  readonly id: string;
  readonly name: string;
  readonly image: string;
  /** Such as `running`, `exited` or `paused`. */
  readonly state: string;
}

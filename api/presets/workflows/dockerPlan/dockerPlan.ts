import {
  commandNames,
  commandRules,
  type DockerCommand,
  isContainerName,
  isReadOnly,
  logLines,
  type Risk,
  textOf,
} from '../../../docker/command.ts';
import { estimateTextTokens } from '../../../engine/estimate.ts';
import { badInput } from '../../../errors/failures.ts';
import { excerptOf } from '../errorExplanation/excerpt.ts';
import type { Workflow } from '../workflow.ts';

export interface PlannedCommand extends DockerCommand {
  /** As a person would type it. */
  readonly command: string;
  readonly explanation: string;
  /** By the command's kind: not the model's opinion. */
  readonly risk: Risk;
  readonly readOnly: boolean;
}

export interface RejectedCommand {
  readonly command: string;
  readonly reason: string;
}

export interface DockerPlan {
  readonly summary: string;
  readonly commands: readonly PlannedCommand[];
  /** What the model proposed beyond the request or the allow-list. It can't be run from the plan. */
  readonly rejected: readonly RejectedCommand[];
}

interface Proposed {
  readonly command: string;
  readonly container: string;
  readonly lines: number;
  readonly explanation: string;
}

interface Answer {
  readonly summary: string;
  readonly commands: readonly Proposed[];
}

/** Maximum commands of a plan. */
export const maxCommands = 5;

const words: readonly string[] = commandNames.map((name) => commandRules[name].word);

const text = (maxLength: number, minLength = 0) => ({ type: 'string', minLength, maxLength });

/** The model chooses a word and a container; it writes no command line. */
const answerSchema = {
  type: 'object',
  properties: {
    summary: { ...text(300, 1), description: 'What the commands do, or what the output shows.' },
    commands: {
      type: 'array',
      maxItems: maxCommands,
      items: {
        type: 'object',
        properties: {
          command: { enum: words },
          container: { ...text(80), description: 'The name of the container; "" for ps and images.' },
          lines: { enum: [20, logLines.usual, logLines.max] },
          explanation: { ...text(160, 1), description: 'Why this command.' },
        },
        required: ['command', 'container', 'lines', 'explanation'],
        additionalProperties: false,
      },
    },
  },
  required: ['summary', 'commands'],
  additionalProperties: false,
};

const schema = {
  type: 'object',
  properties: {
    summary: { type: 'string' },
    commands: {
      type: 'array',
      maxItems: maxCommands,
      items: {
        type: 'object',
        properties: {
          command: { type: 'string' },
          name: { enum: commandNames },
          container: { type: ['string', 'null'] },
          lines: { type: ['integer', 'null'] },
          explanation: { type: 'string' },
          risk: { enum: ['NONE', 'LOW', 'MEDIUM', 'HIGH'] },
          readOnly: { type: 'boolean' },
        },
        required: ['command', 'name', 'container', 'lines', 'explanation', 'risk', 'readOnly'],
        additionalProperties: false,
      },
    },
    rejected: {
      type: 'array',
      items: {
        type: 'object',
        properties: { command: { type: 'string' }, reason: { type: 'string' } },
        required: ['command', 'reason'],
        additionalProperties: false,
      },
    },
  },
  required: ['summary', 'commands', 'rejected'],
  additionalProperties: false,
};

/**
 * Plans Docker commands for a request. Output of earlier commands, which strangers can write through a log, can't widen a
 * plan: with output, the model first answers without it, and the second answer keeps only what the request names.
 */
export const dockerPlan: Workflow<DockerPlan> = {
  input: 'request',
  shortened: ['output'],
  schema,
  async run({ values, partTokens, ask }) {
    const request = String(values.request);
    const tokens = estimateTextTokens(request);
    const maxTokens = Math.floor(partTokens / 2);
    if (tokens > maxTokens) {
      throw badInput(
        'variables.request',
        `variables.request has about ${tokens} tokens; it may have ${maxTokens}. Put the output of commands into variables.output.`,
      );
    }
    const { output: given, ...trusted } = values;
    const output = typeof given === 'string' ? given.trim() : '';
    const first = { values: trusted, schema: answerSchema };
    if (output === '') {
      const [answer] = (await ask([first])) as readonly [Answer];
      return planOf(answer, request, null);
    }
    const room = partTokens - tokens;
    const shown = estimateTextTokens(output) <= room ? output : excerptOf(output, room);
    const second = { values: { ...trusted, output: shown }, schema: answerSchema };
    const [scope, answer] = (await ask([first, second])) as readonly [Answer, Answer];
    return planOf(answer, request, scope);
  },
};

/**
 * Returns the proposed commands that pass the checks, and the others with the reason. `scope` is the answer of the model
 * before it saw any output; null: this is that answer.
 */
export const planOf = ({ summary, commands }: Answer, request: string, scope: Answer | null): DockerPlan => {
  const named = namesIn(request);
  const wanted = new Map(scope?.commands.map((each) => [keyOf(each), each.explanation]));
  const planned = new Map<string, PlannedCommand>();
  const rejected = new Map<string, RejectedCommand>();
  for (const proposed of commands.slice(0, maxCommands)) {
    const checked = checkProposed(proposed);
    const command = typeof checked === 'string' ? shownOf(proposed) : textOf(checked);
    const reason = typeof checked === 'string' ? checked : outside(checked, named, scope && wanted, proposed);
    if (reason !== null || typeof checked === 'string') {
      rejected.set(command, { command, reason: reason ?? '' });
      continue;
    }
    if (planned.has(command)) continue;
    planned.set(command, {
      ...checked,
      command,
      // An administrator may read that of a change, so output has no part in it.
      explanation: isReadOnly(checked)
        ? proposed.explanation
        : (wanted.get(keyOf(proposed)) ?? proposed.explanation),
      risk: commandRules[checked.name].risk,
      readOnly: isReadOnly(checked),
    });
  }
  return { summary, commands: [...planned.values()], rejected: [...rejected.values()] };
};

/** Returns the command, or why it is none. */
const checkProposed = ({ command, container, lines }: Proposed): DockerCommand | string => {
  const name = commandNames.find((each) => commandRules[each].word === command);
  if (name === undefined) return 'It is not in the list of allowed commands.';
  if (commandRules[name].needsContainer && !isContainerName(container)) return 'It names no container.';
  return {
    name,
    container: commandRules[name].needsContainer ? container : null,
    lines: name === 'LOGS' ? Math.max(1, Math.min(logLines.max, Math.trunc(lines) || logLines.usual)) : null,
  };
};

/** Returns why the command goes beyond the request; null: it doesn't. */
const outside = (
  command: DockerCommand,
  named: ReadonlySet<string>,
  wanted: ReadonlyMap<string, string> | null,
  proposed: Proposed,
): string | null => {
  const { container } = command;
  if (container === null) return null;
  const isNamed = named.has(container.toLowerCase());
  const isChange = !isReadOnly(command);
  if (isChange && !isNamed)
    return 'It changes a container that the request does not name. Name it in the request.';
  if (wanted === null) return null;
  if (!isNamed) return 'The container is named by the output only. Name it in the request.';
  if (isChange && !wanted.has(keyOf(proposed))) {
    return 'It was proposed only after the model read the output. Ask for it in the request.';
  }
  return null;
};

const keyOf = ({ command, container }: Proposed): string => `${command} ${container.toLowerCase()}`;

const shownOf = ({ command, container }: Proposed): string =>
  `docker ${command} ${container}`.replace(/[^\x20-\x7e]/g, ' ').trim();

/** Returns the words of a request that can be names of containers, in lower case. */
const namesIn = (request: string): ReadonlySet<string> =>
  new Set(
    request
      .toLowerCase()
      .split(/[^a-z0-9_.-]+/)
      .map((word) => word.replace(/^[._-]+|(?<![._-])[._-]+$/g, ''))
      .filter((word) => word !== ''),
  );

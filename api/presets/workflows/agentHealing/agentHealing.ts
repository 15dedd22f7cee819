import { estimateTextTokens } from '../../../engine/estimate.ts';
import { badInput } from '../../../errors/failures.ts';
import { excerptOf } from '../errorExplanation/excerpt.ts';
import type { Workflow } from '../workflow.ts';

/** What an agent can do about its failure. */
export interface DeclaredAction {
  /** Lower-case words joined by `-`: `restart-worker`. */
  readonly name: string;
  readonly description: string;
}

export interface HealingDiagnosis {
  readonly diagnosis: string;
  /** One of the declared actions; null: none helps. */
  readonly action: string | null;
  readonly explanation: string;
  /** From 0 to 1. */
  readonly confidence: number;
}

/** Maximum actions, and maximum UTF-16 units of each part. */
export const actionLimits = { actions: 20, name: 40, description: 200 } as const;

/** The word for "none of the actions", which no action may have as its name. */
const none = 'none';

const namePattern = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** Reads one action a line: `restart-worker: Restarts the worker.` Throws `BAD_USER_INPUT`. */
export const parseActions = (field: string, text: string): readonly DeclaredAction[] => {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const actions = lines.map((line) => {
    const [name = '', ...rest] = line.split(':');
    return { name: name.trim().replace(/^[-*]\s+/, ''), description: rest.join(':').trim() };
  });
  checkActions(field, actions);
  return actions;
};

/** Returns actions as `parseActions` reads them. */
export const actionLines = (actions: readonly DeclaredAction[]): string =>
  actions.map(({ name, description }) => `${name}: ${description}`).join('\n');

/** Throws `BAD_USER_INPUT` for no, too many, repeated or invalid actions. */
export const checkActions = (field: string, actions: readonly DeclaredAction[]): void => {
  if (actions.length === 0 || actions.length > actionLimits.actions) {
    throw badInput(
      field,
      `${field} has ${actions.length} actions; it must have 1 to ${actionLimits.actions}, such as "restart-worker: Restarts the worker."`,
    );
  }
  const seen = new Set<string>();
  for (const { name, description } of actions) {
    const shown = JSON.stringify(name.slice(0, actionLimits.name));
    if (name.length > actionLimits.name || !namePattern.test(name) || name === none) {
      throw badInput(
        field,
        `${field}: ${shown} can't be the name of an action. Use lower-case words joined by "-", at most ${actionLimits.name} characters, but not "${none}".`,
      );
    }
    if (/[\p{Cc}\u2028\u2029]/u.test(description)) {
      throw badInput(field, `${field}: the description of ${shown} must be one line of plain text.`);
    }
    if (description.length > actionLimits.description) {
      throw badInput(
        field,
        `${field}: the description of ${shown} has ${description.length} characters; it may have at most ${actionLimits.description}.`,
      );
    }
    if (seen.has(name)) throw badInput(field, `${field}: there are two actions ${shown}. Remove one.`);
    seen.add(name);
  }
};

const text = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength });

/** The model can answer only with a declared action, whatever a log says. */
const answerSchema = (actions: readonly DeclaredAction[]) => ({
  type: 'object',
  properties: {
    diagnosis: { ...text(400), description: 'The cause of the failure in plain words.' },
    action: { enum: [...actions.map(({ name }) => name), none] },
    explanation: { ...text(300), description: 'Why this action, or why none.' },
    confidence: { enum: [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100], description: 'In percent.' },
  },
  required: ['diagnosis', 'action', 'explanation', 'confidence'],
  additionalProperties: false,
});

interface Answer {
  readonly diagnosis: string;
  readonly action: string;
  readonly explanation: string;
  readonly confidence: number;
}

const schema = {
  type: 'object',
  properties: {
    diagnosis: { type: 'string' },
    action: { type: ['string', 'null'] },
    explanation: { type: 'string' },
    confidence: { type: 'number', minimum: 0, maximum: 1 },
  },
  required: ['diagnosis', 'action', 'explanation', 'confidence'],
  additionalProperties: false,
};

/** Diagnoses the failure of an agent, and proposes one of its actions. */
export const agentHealing: Workflow<HealingDiagnosis> = {
  input: 'log',
  shortened: ['state', 'history'],
  schema,
  async run({ values, partTokens, ask }) {
    const log = String(values.log);
    if (!/[\p{L}\p{N}]/u.test(log)) throw badInput('variables.log', 'variables.log contains no text.');
    const actions = parseActions('variables.actions', String(values.actions));
    // The log gets half of the room, state and history a quarter each.
    const fitting = (value: unknown, share: number): string => {
      const given = typeof value === 'string' ? value : '';
      const room = Math.floor(partTokens * share);
      return estimateTextTokens(given) <= room ? given : excerptOf(given, room);
    };
    const fitted = {
      ...values,
      log: fitting(log, 1 / 2),
      state: fitting(values.state, 1 / 4),
      history: fitting(values.history, 1 / 4),
    };
    const [answer] = (await ask([{ values: fitted, schema: answerSchema(actions) }])) as readonly [Answer];
    const isDeclared = actions.some(({ name }) => name === answer.action);
    return {
      diagnosis: answer.diagnosis,
      action: isDeclared ? answer.action : null,
      explanation: answer.explanation,
      confidence: answer.confidence / 100,
    };
  },
};

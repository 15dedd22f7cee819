import { z } from 'zod';
import { encodeId } from '../../../graph/globalIds.ts';
import { type Healing, healingLimits, healingStatuses } from '../../../healing/healing.ts';

export const tag = 'Agent self-healing';

/** The maximum body, in bytes: a log, a state and an output in UTF-8, escaped. */
export const bodyLimit = 1_000_000;

export const actionShape = z.object({
  name: z.string().describe('Lower-case words joined by "-".'),
  description: z.string(),
  needsApproval: z.boolean().describe('Whether a person approves each run of it.'),
});

export const healingShape = z.object({
  id: z.string(),
  agentId: z.string().describe('The id of the agent in your own system.'),
  status: z.enum(healingStatuses),
  question: z.string().describe('Why a person is asked; empty: none is.'),
  actions: z.array(actionShape),
  rounds: z.array(
    z.object({
      number: z.int(),
      diagnosis: z.string(),
      action: z.string().nullable().describe('The proposed one of the declared actions; null: none helps.'),
      explanation: z.string(),
      confidence: z.number().nullable().describe('From 0 to 1; null: a person chose the action.'),
      result: z
        .object({ succeeded: z.boolean(), output: z.string(), at: z.iso.datetime() })
        .nullable()
        .describe('Null: not reported.'),
      at: z.iso.datetime(),
    }),
  ),
  maxRounds: z.int(),
  minConfidence: z.number(),
  note: z.string().describe('What the person who closed it wrote.'),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});

export const shapeOf = (healing: Healing): z.input<typeof healingShape> => ({
  id: encodeId('Healing', healing.id),
  agentId: healing.agentId,
  status: healing.status,
  question: healing.question,
  actions: healing.actions.map((action) => ({ ...action })),
  rounds: healing.rounds.map(({ number, diagnosis, action, explanation, confidence, result, at }) => ({
    number,
    diagnosis,
    action,
    explanation,
    confidence,
    result: result && {
      succeeded: result.succeeded,
      output: result.output,
      at: result.at.toISOString(),
    },
    at: at.toISOString(),
  })),
  maxRounds: healing.maxRounds,
  minConfidence: healing.minConfidence,
  note: healing.note,
  createdAt: healing.createdAt.toISOString(),
  updatedAt: healing.updatedAt.toISOString(),
});

/** The fields of reports, which agents sign or callers send with their credentials. */
export const failureFields = {
  log: z.string().max(healingLimits.log).describe('The log. The last 20,000 characters are diagnosed.'),
  state: z.string().max(healingLimits.state).nullish().describe('Such as settings and counters as JSON.'),
};

export const resultFields = {
  round: z
    .int()
    .min(1)
    .max(2 * healingLimits.rounds)
    .describe('The round whose action ran.'),
  succeeded: z.boolean().describe('Whether the agent works again.'),
  output: z.string().max(healingLimits.output).nullish().describe('The output of the action.'),
  log: z.string().max(healingLimits.log).nullish().describe('The log after a failed action.'),
  state: z.string().max(healingLimits.state).nullish().describe('The state after a failed action.'),
};

export const eventId = z
  .string()
  .max(healingLimits.eventId)
  .describe('Identifies the report: a repeated one changes nothing, and returns the current state.');

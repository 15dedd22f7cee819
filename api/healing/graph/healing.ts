import { may } from '../../access/permissions.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { connectionOf, pageRequest, timeCursors } from '../../paging/connections.ts';
import {
  type ActionResult,
  type Healing,
  type HealingRound,
  type HealingStatus,
  healingLimits,
  isOpen,
} from '../healing.ts';
import { AgentActionRef } from './agentAction.ts';

export const HealingStatusRef = builder.enumType('HealingStatus', {
  description: 'The state of the attempts to heal a failing agent.',
  values: {
    DIAGNOSING: { description: 'The model diagnoses the failure.' },
    ACTING: { description: 'The agent carries out the proposed action, and reports its result.' },
    NEEDS_PERSON: { description: 'A person has to decide: see `question`.' },
    HEALED: { description: 'An action succeeded.' },
    CLOSED: { description: 'A person closed it: see `note`.' },
  } satisfies Record<HealingStatus, { description: string }>,
});

const ActionResultRef = builder.objectRef<ActionResult>('AgentActionResult').implement({
  description: 'What an agent reported about an action.',
  fields: (t) => ({
    succeeded: t.exposeBoolean('succeeded', { description: 'Whether the agent works again.' }),
    output: t.exposeString('output', { description: 'The end of the output.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When it was reported.' }),
  }),
});

const HealingRoundRef = builder.objectRef<HealingRound>('HealingRound').implement({
  description: 'One diagnosis, with its proposed action.',
  fields: (t) => ({
    number: t.exposeInt('number', { description: 'The number of the round, from 1.' }),
    log: t.exposeString('log', { description: 'The end of the log.' }),
    state: t.exposeString('state', { description: 'The state of the agent.' }),
    diagnosis: t.exposeString('diagnosis', { description: 'The cause in plain words.' }),
    action: t.exposeString('action', {
      nullable: true,
      description: 'The proposed one of the declared actions; null: none helps.',
    }),
    explanation: t.exposeString('explanation', { description: 'Why this action, or why none.' }),
    confidence: t.exposeFloat('confidence', {
      nullable: true,
      description: 'How sure the model says it is, from 0 to 1; null: a person chose the action.',
    }),
    result: t.field({
      type: ActionResultRef,
      nullable: true,
      description: 'The result of the action; null: not reported.',
      resolve: ({ result }) => result,
    }),
    at: t.expose('at', { type: 'DateTime', description: 'When the diagnosis was made.' }),
  }),
});

export const HealingRef = builder.objectRef<Healing>('Healing');

builder.node(HealingRef, {
  description: 'The attempts to heal one failure of an agent.',
  id: { resolve: ({ id }) => id },
  loadMany: async (ids: string[], context) => [...(await context.healings.findMany(viewerOf(context), ids))],
  fields: (t) => ({
    status: t.expose('status', { type: HealingStatusRef, description: 'The state.' }),
    question: t.exposeString('question', { description: 'Why a person is asked; empty: none is.' }),
    actions: t.field({
      type: [AgentActionRef],
      description: 'The declared actions.',
      resolve: ({ actions }) => actions,
    }),
    rounds: t.field({
      type: [HealingRoundRef],
      description: 'The rounds, in order: at most 20.',
      resolve: ({ rounds }) => rounds,
    }),
    maxRounds: t.exposeInt('maxRounds', { description: 'After this many rounds, a person is asked.' }),
    minConfidence: t.exposeFloat('minConfidence', {
      description: 'Below this confidence, a person is asked.',
    }),
    note: t.exposeString('note', { description: 'What the person who closed it wrote.' }),
    viewerCanApprove: t.boolean({
      description: 'Whether the viewer may let the agent run one of its actions now.',
      resolve: ({ status }, _args, { viewer }) => status === 'NEEDS_PERSON' && may(viewer, 'decideHealings'),
    }),
    viewerCanClose: t.boolean({
      description: 'Whether the viewer may close it now.',
      resolve: (healing, _args, { viewer }) => isOpen(healing) && may(viewer, 'decideHealings'),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the failure was reported.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When the state last changed.' }),
  }),
});

export const HealingEdge = builder.edgeObject({
  type: HealingRef,
  name: 'HealingEdge',
  description: 'A healing in a list.',
});

const HealingConnection = builder.connectionObject(
  { type: HealingRef, name: 'HealingConnection', description: 'A page of healings, newest first.' },
  HealingEdge,
);

export const cursors = timeCursors('healing');

builder.queryField('healings', (t) =>
  t.connection(
    {
      type: HealingRef,
      description: "The viewer's healings, newest first.",
      args: { status: t.arg({ type: HealingStatusRef, description: 'Only these, such as `NEEDS_PERSON`.' }) },
      resolve: async (_root, args, context) => {
        const page = await context.healings.page(
          viewerOf(context),
          args.status ?? null,
          pageRequest(args, cursors),
        );
        return connectionOf(page, cursors, (row) => row);
      },
    },
    HealingConnection,
    HealingEdge,
  ),
);

/** The options of `eventId`, which both reports have. */
export const eventIdOptions = {
  description:
    'Identifies the report, so that a repeated one changes nothing: 8 to 100 letters, digits, ".", ":", "_" or "-". Omitted: it is a new one.',
  bounds: { maxLength: healingLimits.eventId },
} as const;

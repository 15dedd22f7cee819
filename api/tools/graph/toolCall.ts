import { may } from '../../access/permissions.ts';
import { builder } from '../../graph/builder.ts';
import { type ToolCall, toolCallStates } from '../toolCall.ts';

const ToolCallStateRef = builder.enumType('ToolCallState', {
  description: 'The state of a call of a tool.',
  values: Object.fromEntries(
    Object.entries(toolCallStates).map(([state, description]) => [state, { description }]),
  ) as Readonly<Record<keyof typeof toolCallStates, { description: string }>>,
});

const dateOf = (time: string | null): Date | null => (time === null ? null : new Date(time));

export const ToolCallRef = builder.objectRef<ToolCall>('ToolCall').implement({
  description: 'A call of a tool that a model asked for.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The id: unique, and not the id of an object.' }),
    name: t.exposeString('name', { description: 'The name of the tool.' }),
    arguments: t.field({
      type: 'JSON',
      description: 'The arguments, an object.',
      resolve: (call) => call.arguments,
    }),
    offset: t.exposeInt('offset', {
      description: 'The length of the text of the answer before the call, in UTF-16 code units.',
    }),
    state: t.expose('state', { type: ToolCallStateRef, description: 'The state.' }),
    viewerCanDecide: t.boolean({
      description: 'Whether it waits for `decideToolCall` of the viewer.',
      resolve: ({ state }, _args, { viewer }) => state === 'WAITING' && may(viewer, 'decideToolCalls'),
    }),
    decideBefore: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'Until when it waits for `decideToolCall`; then it counts as denied. Null unless it is `WAITING`.',
      resolve: ({ state, decideBefore = null }) => dateOf(state === 'WAITING' ? decideBefore : null),
    }),
    result: t.exposeString('result', {
      nullable: true,
      description: 'What the model got: the result or the error. Null until the call has ended.',
    }),
    startedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the tool was called; null if it was not.',
      resolve: ({ startedAt }) => dateOf(startedAt),
    }),
    finishedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the call ended; null until then.',
      resolve: ({ finishedAt }) => dateOf(finishedAt),
    }),
  }),
});

import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import { untilReturn } from '../../realtime/untilReturn.ts';
import { maxNameLength, type Pull, sumOf } from '../pull.ts';

const ModelPullStatus = builder.enumType('ModelPullStatus', {
  description: 'How far the fetching of a model is.',
  values: {
    RUNNING: { description: 'It is being fetched.' },
    COMPLETED: { description: 'It is installed, at one Ollama at least; `backends` says where it failed.' },
    FAILED: { description: 'It could not be fetched; `error` says why.' },
    CANCELLED: { description: 'It was ended. What was fetched is kept for the next time.' },
  },
});

const ModelPullStateRef = builder.enumType('ModelPullState', {
  description: 'How one Ollama is doing.',
  values: {
    RUNNING: { value: 'running', description: 'It is at it.' },
    DONE: { value: 'done', description: 'It has the model.' },
    FAILED: { value: 'failed', description: 'It gave up; `message` says why.' },
  } as const,
});

const ModelPullBackend = builder.objectRef<Pull['steps'][number]>('ModelPullBackend').implement({
  description: 'How far one Ollama is in fetching a model.',
  fields: (t) => ({
    address: t.exposeString('backend', {
      nullable: true,
      description: 'Its address; null where there is only one.',
    }),
    state: t.field({
      type: ModelPullStateRef,
      description: 'How it is doing.',
      resolve: ({ state }) => state,
    }),
    message: t.exposeString('message', { description: 'What it does, or why it failed, in a few words.' }),
    receivedBytes: t.exposeFloat('receivedBytes', { nullable: true, description: 'Of `totalBytes`.' }),
    totalBytes: t.exposeFloat('totalBytes', {
      nullable: true,
      description: 'What it has to fetch; null until it is known.',
    }),
  }),
});

const ModelPullErrorRef = builder.objectRef<NonNullable<Pull['error']>>('ModelPullError').implement({
  description: 'Why a model could not be fetched.',
  fields: (t) => ({
    code: t.exposeString('code', {
      description: 'One of the error codes that `extensions.code` has elsewhere.',
    }),
    message: t.exposeString('message', { description: 'What went wrong and what to do, for a person.' }),
  }),
});

const ModelPullProgress = builder.objectRef<Pull>('ModelPullProgress').implement({
  description: 'A model being fetched, or one that was.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'For `modelPull` and `cancelModelPull`.' }),
    model: t.exposeString('model', { description: "The model's name, with its tag." }),
    status: t.field({
      type: ModelPullStatus,
      description: 'How far it is.',
      resolve: ({ status }) => status,
    }),
    receivedBytes: t.float({
      nullable: true,
      description: 'Of `totalBytes`, at all Ollamas together.',
      resolve: (pull) => sumOf(pull, 'receivedBytes'),
    }),
    totalBytes: t.float({
      nullable: true,
      description: 'What is to be fetched, as far as it is known.',
      resolve: (pull) => sumOf(pull, 'totalBytes'),
    }),
    backends: t.field({
      type: [ModelPullBackend],
      description: 'How far each Ollama is.',
      resolve: ({ steps }) => steps,
    }),
    error: t.field({
      type: ModelPullErrorRef,
      nullable: true,
      description: 'Why it failed everywhere.',
      resolve: ({ error }) => error,
    }),
  }),
});

const backendInput = 'The address of one Ollama, as `Model.backends` gives it. None: all of them.';

/** As long as servers take an address to be. */
const backendBounds = { maxLength: 2048 };

builder.relayMutationField(
  'pullModel',
  {
    description: 'Which model to fetch.',
    inputFields: (t) => ({
      name: t.string({
        required: true,
        description: 'As at ollama.com/library: `llama3.2`, `codellama:7b`.',
        bounds: { maxLength: maxNameLength },
      }),
      backend: t.string({ description: backendInput, bounds: backendBounds }),
    }),
  },
  {
    authScopes: { may: 'manageModels' },
    description: 'Begins to fetch a model, anew where it is installed already, and returns at once.',
    resolve: async (_root, { input: { name, backend } }, context) => ({
      pull: await context.pulls.start(viewerOf(context), { name, backend: backend ?? null }),
    }),
  },
  {
    description: 'What was begun. Follow it by the subscription `modelPull`.',
    outputFields: (t) => ({
      pull: t.field({
        type: ModelPullProgress,
        description: 'How far it is.',
        resolve: ({ pull }: { pull: Pull }) => pull,
      }),
    }),
  },
);

builder.relayMutationField(
  'cancelModelPull',
  {
    description: 'Which fetching to end.',
    inputFields: (t) => ({ id: t.id({ required: true, description: "The pull's id." }) }),
  },
  {
    authScopes: { may: 'manageModels' },
    description: 'Ends the fetching of a model. What was fetched is kept for the next time.',
    resolve: async (_root, { input: { id } }, context) => {
      await context.pulls.cancel(viewerOf(context), id);
      return { id };
    },
  },
  {
    description: 'What was ended.',
    outputFields: (t) => ({
      id: t.id({ description: "The pull's id.", resolve: ({ id }: { id: string }) => id }),
    }),
  },
);

builder.relayMutationField(
  'deleteModel',
  {
    description: 'Which model to delete.',
    inputFields: (t) => ({
      id: t.id({ required: true, description: 'The model.' }),
      backend: t.string({ description: backendInput, bounds: backendBounds }),
    }),
  },
  {
    authScopes: { may: 'manageModels' },
    description:
      'Deletes a model from the disk, everywhere or at one Ollama. Answers that use it end with a code.',
    resolve: async (_root, { input: { id, backend } }, context) => {
      const name = decodeId('Model', id);
      await context.pulls.remove(viewerOf(context), { name, backend: backend ?? null });
      return { id };
    },
  },
  {
    description: 'What was deleted.',
    outputFields: (t) => ({
      deletedModelId: t.id({ description: "The model's id.", resolve: ({ id }: { id: string }) => id }),
    }),
  },
);

builder.queryField('modelPulls', (t) =>
  t.field({
    type: [ModelPullProgress],
    // As `models`: whoever may ask for answers may ask what there is.
    skipTypeScopes: true,
    authScopes: { signedIn: true },
    description: 'The models that are being fetched now, oldest first. None for those who may not fetch any.',
    resolve: (_root, _args, context) => context.pulls.list(viewerOf(context)),
  }),
);

builder.subscriptionField('modelPull', (t) =>
  t.field({
    type: ModelPullProgress,
    skipTypeScopes: true,
    authScopes: { may: 'manageModels' },
    description: 'Follows the fetching of a model to its end, whichever replica it runs on.',
    args: { id: t.arg.id({ required: true, description: "The pull's id." }) },
    subscribe: (_root, { id }, context) =>
      untilReturn((signal) => context.pulls.watch(viewerOf(context), id, signal)),
    resolve: (pull) => pull,
  }),
);

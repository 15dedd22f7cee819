import { builder } from '../../graph/builder.ts';
import { type Pull, sumOf } from '../pull.ts';

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

export const ModelPullProgress = builder.objectRef<Pull>('ModelPullProgress').implement({
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

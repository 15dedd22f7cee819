import { builder } from '../../graph/builder.ts';
import { type Pull, sumOf } from '../pull.ts';

const ModelPullStatus = builder.enumType('ModelPullStatus', {
  description: 'The status of a model download.',
  values: {
    RUNNING: { description: 'The download is running.' },
    COMPLETED: {
      description: 'The model is installed on at least one Ollama server; `backends` lists failures.',
    },
    FAILED: { description: 'The download failed with `error`.' },
    CANCELLED: { description: 'The download was cancelled. Downloaded parts are kept for the next attempt.' },
  },
});

const ModelPullStateRef = builder.enumType('ModelPullState', {
  description: 'The state of a download on one Ollama server.',
  values: {
    RUNNING: { value: 'running', description: 'The download is running.' },
    DONE: { value: 'done', description: 'The model is installed.' },
    FAILED: { value: 'failed', description: 'The download failed; `message` says why.' },
  } as const,
});

const ModelPullBackend = builder.objectRef<Pull['steps'][number]>('ModelPullBackend').implement({
  description: 'The progress of a model download on one Ollama server.',
  fields: (t) => ({
    address: t.exposeString('backend', {
      nullable: true,
      description: 'The address of the server; null if there is only one.',
    }),
    state: t.field({
      type: ModelPullStateRef,
      description: 'The state of the download.',
      resolve: ({ state }) => state,
    }),
    message: t.exposeString('message', { description: 'The current step, or why the download failed.' }),
    receivedBytes: t.exposeFloat('receivedBytes', {
      nullable: true,
      description: 'The downloaded bytes, out of `totalBytes`.',
    }),
    totalBytes: t.exposeFloat('totalBytes', {
      nullable: true,
      description: 'The size of the download, in bytes; null until it is known.',
    }),
  }),
});

const ModelPullErrorRef = builder.objectRef<NonNullable<Pull['error']>>('ModelPullError').implement({
  description: 'The error of a failed download.',
  fields: (t) => ({
    code: t.exposeString('code', {
      description: 'The error code, one of those in `extensions.code`.',
    }),
    message: t.exposeString('message', {
      description: 'What went wrong and what to do, as a text for users.',
    }),
  }),
});

export const ModelPullProgress = builder.objectRef<Pull>('ModelPullProgress').implement({
  description: 'A running or ended download of a model.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The id of the download, for `modelPull` and `cancelModelPull`.' }),
    model: t.exposeString('model', { description: 'The name of the model, with its tag.' }),
    status: t.field({
      type: ModelPullStatus,
      description: 'The status of the download.',
      resolve: ({ status }) => status,
    }),
    receivedBytes: t.float({
      nullable: true,
      description: 'The downloaded bytes on all servers, out of `totalBytes`.',
      resolve: (pull) => sumOf(pull, 'receivedBytes'),
    }),
    totalBytes: t.float({
      nullable: true,
      description: 'The size of the downloads on all servers, in bytes, as far as it is known.',
      resolve: (pull) => sumOf(pull, 'totalBytes'),
    }),
    backends: t.field({
      type: [ModelPullBackend],
      description: 'The progress on each Ollama server.',
      resolve: ({ steps }) => steps,
    }),
    error: t.field({
      type: ModelPullErrorRef,
      nullable: true,
      description: 'The error; null unless the download failed on all servers.',
      resolve: ({ error }) => error,
    }),
  }),
});

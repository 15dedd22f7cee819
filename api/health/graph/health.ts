import { may } from '../../access/permissions.ts';
import type { Viewer } from '../../access/viewer.ts';
import type { EngineHealth, EngineState } from '../../engine/engine.ts';
import { builder } from '../../graph/builder.ts';
import { version } from '../../process/version.ts';

type Status = 'HEALTHY' | 'STARTING' | 'UNHEALTHY';

const statusOf: Record<EngineState, Status> = {
  ready: 'HEALTHY',
  starting: 'STARTING',
  unavailable: 'UNHEALTHY',
};

const kindOf = { ollama: 'OLLAMA', openai: 'OPENAI', embedded: 'EMBEDDED', none: 'NONE' } as const;

const HealthStatus = builder.enumType('HealthStatus', {
  description: 'The health of the service or its engine.',
  values: {
    HEALTHY: { description: 'Working.' },
    STARTING: { description: 'Starting: a model is being downloaded or loaded.' },
    UNHEALTHY: { description: 'Not working; `steps` describes how to fix it.' },
  },
});

const EngineKind = builder.enumType('EngineKind', {
  description: 'The kind of an inference engine.',
  values: {
    OLLAMA: { description: 'Ollama, at `OLLAMA_URL` or on this machine.' },
    OPENAI: { description: 'A server with the API of OpenAI, such as vLLM, at `ENGINE_URL`.' },
    EMBEDDED: { description: 'The built-in engine, with a small model.' },
    NONE: { description: 'No engine is available.' },
  },
});

/** Returns the message and steps that the viewer may read: only those who manage models see addresses and paths. */
const messagesFor = (health: EngineHealth, viewer: Viewer | null) =>
  may(viewer, 'manageModels') ? (health.operator ?? health) : health;

const EngineHealthRef = builder.objectRef<EngineHealth>('EngineHealth').implement({
  description: 'The health of the inference engine.',
  fields: (t) => ({
    kind: t.field({
      type: EngineKind,
      description: 'The kind of the engine.',
      resolve: ({ kind }) => kindOf[kind],
    }),
    status: t.field({
      type: HealthStatus,
      description: 'The health of the engine.',
      resolve: ({ state }) => statusOf[state],
    }),
    message: t.string({
      description:
        'One sentence about the state of the engine, or what it lacks. For administrators it includes addresses and file paths.',
      resolve: (health, _args, { viewer }) => messagesFor(health, viewer).message,
    }),
    steps: t.stringList({
      description: 'The steps to fix the problem, one sentence each; empty if the engine works.',
      resolve: (health, _args, { viewer }) => [...messagesFor(health, viewer).steps],
    }),
    progress: t.exposeFloat('progress', {
      nullable: true,
      description: 'The progress of the start, from 0 to 1; null if unknown.',
    }),
  }),
});

const HealthRef = builder.objectRef<EngineHealth>('Health').implement({
  description: 'The health of the service.',
  fields: (t) => ({
    status: t.field({
      type: HealthStatus,
      description: 'The health of the service.',
      resolve: ({ state }) => statusOf[state],
    }),
    version: t.string({ description: 'The version of the service.', resolve: () => version }),
    engine: t.field({
      type: EngineHealthRef,
      description: 'The health of the engine.',
      resolve: (engine) => engine,
    }),
  }),
});

builder.queryField('health', (t) =>
  t.field({
    type: HealthRef,
    skipTypeScopes: true,
    description: 'The health of the service. No authentication required.',
    resolve: (_root, _args, { engine }) => engine.health(),
  }),
);

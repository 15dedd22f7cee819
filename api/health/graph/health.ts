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

const kindOf = { ollama: 'OLLAMA', embedded: 'EMBEDDED', none: 'NONE' } as const;

const HealthStatus = builder.enumType('HealthStatus', {
  description: 'How something is.',
  values: {
    HEALTHY: { description: 'It works.' },
    STARTING: { description: 'It will work soon: a model is being fetched or loaded.' },
    UNHEALTHY: { description: 'It does not work; `steps` says what to do.' },
  },
});

const EngineKind = builder.enumType('EngineKind', {
  description: 'What does the inference.',
  values: {
    OLLAMA: { description: 'Ollama, at `OLLAMA_URL` or on this machine.' },
    EMBEDDED: { description: 'The engine in this process, with a small model.' },
    NONE: { description: 'Nothing yet.' },
  },
});

/** What a viewer may read of an engine's health: addresses and files are for those who manage it. */
const wordsFor = (health: EngineHealth, viewer: Viewer | null) =>
  may(viewer, 'manageModels') ? (health.operator ?? health) : health;

const EngineHealthRef = builder.objectRef<EngineHealth>('EngineHealth').implement({
  description: 'How the language model engine is.',
  fields: (t) => ({
    kind: t.field({ type: EngineKind, description: 'Which engine.', resolve: ({ kind }) => kindOf[kind] }),
    status: t.field({
      type: HealthStatus,
      description: 'How it is.',
      resolve: ({ state }) => statusOf[state],
    }),
    message: t.string({
      description:
        'One sentence: what it is, or what is missing. Administrators see addresses and files in it.',
      resolve: (health, _args, { viewer }) => wordsFor(health, viewer).message,
    }),
    steps: t.stringList({
      description: 'What to do about it, one step each. Empty when it works.',
      resolve: (health, _args, { viewer }) => [...wordsFor(health, viewer).steps],
    }),
    progress: t.exposeFloat('progress', {
      nullable: true,
      description: '0 to 1 while it is starting, where known.',
    }),
  }),
});

const HealthRef = builder.objectRef<EngineHealth>('Health').implement({
  description: 'How the service is.',
  fields: (t) => ({
    status: t.field({
      type: HealthStatus,
      description: 'How it is.',
      resolve: ({ state }) => statusOf[state],
    }),
    version: t.string({ description: "The service's version.", resolve: () => version }),
    engine: t.field({
      type: EngineHealthRef,
      description: 'How its engine is.',
      resolve: (engine) => engine,
    }),
  }),
});

builder.queryField('health', (t) =>
  t.field({
    type: HealthRef,
    skipTypeScopes: true,
    description: 'How the service is. Open to everyone.',
    resolve: (_root, _args, { engine }) => engine.health(),
  }),
);

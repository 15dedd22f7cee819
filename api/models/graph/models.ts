import type { EngineModel } from '../../engine/engine.ts';
import { builder } from '../../graph/builder.ts';
import { connectionOf, createCursorCodec, pageRequest } from '../../paging/connections.ts';
import { pageOf } from '../../paging/pages.ts';
import { ModelRef } from './model.ts';

const ModelEdge = builder.edgeObject({
  type: ModelRef,
  name: 'ModelEdge',
  description: 'A model in a list.',
});

const ModelConnection = builder.connectionObject(
  { type: ModelRef, name: 'ModelConnection', description: 'A page of models, sorted by name.' },
  ModelEdge,
);

const cursors = createCursorCodec<string>(
  'model',
  (name) => name,
  (json) => (typeof json === 'string' ? json : null),
);

builder.queryField('models', (t) =>
  t.connection(
    {
      type: ModelRef,
      // Who may ask for answers may see what answers.
      skipTypeScopes: true,
      authScopes: { signedIn: true },
      // A page asks for models among other things: an engine that is away must not take the rest of it along.
      nullable: true,
      description:
        'The installed models, sorted by name. Null, with an `ENGINE_UNAVAILABLE` error, while no engine is available.',
      resolve: async (_root, args, { models }) => {
        const byName = [...(await models.list())].sort((a, b) => (a.name < b.name ? -1 : 1));
        const keyOf = ({ name }: EngineModel) => name;
        return connectionOf(pageOf(byName, pageRequest(args, cursors), keyOf), cursors, keyOf);
      },
    },
    ModelConnection,
    ModelEdge,
  ),
);

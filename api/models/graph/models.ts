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
      // Every authenticated caller may list the models, API keys without the READ scope included.
      skipTypeScopes: true,
      authScopes: { authenticated: true },
      // Nullable, so that an unavailable engine doesn't fail the other fields of a page's query.
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

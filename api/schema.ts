import './graph/scalars.ts';
import './health/graph/index.ts';
import './accounts/graph/index.ts';
import './apiKeys/graph/index.ts';
import './limits/graph/index.ts';
import './budgets/graph/index.ts';
import './usage/graph/index.ts';
import './audit/graph/index.ts';
import './models/graph/index.ts';
import './conversations/graph/index.ts';
import './folders/graph/index.ts';
import './answerDefaults/graph/index.ts';
import './messages/graph/index.ts';
import './attachments/graph/index.ts';
import './collections/graph/index.ts';
import './tools/graph/index.ts';
import './generations/graph/index.ts';
import './shares/graph/index.ts';
import './holds/graph/index.ts';
import './imports/graph/index.ts';
import './embeddings/graph/index.ts';
import './docker/graph/index.ts';
import './presets/graph/index.ts';
import './healing/graph/index.ts';
import './batches/graph/index.ts';
import { specifiedDirectives } from 'graphql';
import { accountLoaders } from './accounts/graph/context.ts';
import { attachmentLoaders } from './attachments/graph/context.ts';
import { collectionLoaders } from './collections/graph/context.ts';
import { conversationLoaders } from './conversations/graph/context.ts';
import { toSubgraph } from './federation/subgraph.ts';
import { folderLoaders } from './folders/graph/context.ts';
import { generationLoaders } from './generations/graph/context.ts';
import { constraintDirective } from './graph/bounds/boundsSdl.ts';
import { builder } from './graph/builder.ts';
import type { LoaderScope, Loaders } from './graph/context.ts';
import { meterListFields } from './graph/meterListFields.ts';
import { healingLoaders } from './healing/graph/context.ts';
import { messageLoaders } from './messages/graph/context.ts';
import { usageLoaders } from './usage/graph/context.ts';

/** The public schema, as printed in `schema/schema.graphql`. */
export const schema = meterListFields(
  builder.toSchema({ directives: [...specifiedDirectives, constraintDirective] }),
);

/** The schema with `_service` and `_entities`, which gateways query. This is the schema that the server serves. */
export const subgraph = toSubgraph(schema);

/** Creates the loaders of all nouns for one operation. */
export const createLoaders = (scope: LoaderScope): Loaders => ({
  ...accountLoaders(scope),
  ...conversationLoaders(scope),
  ...folderLoaders(scope),
  ...messageLoaders(scope),
  ...generationLoaders(scope),
  ...usageLoaders(scope),
  ...attachmentLoaders(scope),
  ...collectionLoaders(scope),
  ...healingLoaders(scope),
});

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
import './messages/graph/index.ts';
import './generations/graph/index.ts';
import { specifiedDirectives } from 'graphql';
import { toSubgraph } from './federation/subgraph.ts';
import { constraintDirective } from './graph/bounds/boundsSdl.ts';
import { builder } from './graph/builder.ts';
import { meterListFields } from './graph/meterListFields.ts';

/** The public schema, as printed in `schema/schema.graphql`. */
export const schema = meterListFields(
  builder.toSchema({ directives: [...specifiedDirectives, constraintDirective] }),
);

/** The schema with `_service` and `_entities`, which gateways query. This is the schema that the server serves. */
export const subgraph = toSubgraph(schema);

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
import { meterLists } from './graph/meterLists.ts';

export const schema = meterLists(
  builder.toSchema({ directives: [...specifiedDirectives, constraintDirective] }),
);

/** The schema as a subgraph: with the two fields that gateways ask for. */
export const subgraph = toSubgraph(schema);

import './graph/scalars.ts';
import './health/graph/schema.ts';
import './accounts/graph/schema.ts';
import './accounts/graph/renewal.schema.ts';
import './accounts/graph/sessions.schema.ts';
import './accounts/graph/signIns.schema.ts';
import './accounts/graph/singleSignOn.schema.ts';
import './accounts/graph/users.schema.ts';
import './accounts/graph/invites.schema.ts';
import './accounts/graph/links.schema.ts';
import './accounts/graph/account.schema.ts';
import './usage/graph/schema.ts';
import './usage/graph/quota.schema.ts';
import './usage/graph/storage.schema.ts';
import './apiKeys/graph/schema.ts';
import './audit/graph/schema.ts';
import './models/graph/schema.ts';
import './models/graph/pulls.schema.ts';
import './conversations/graph/schema.ts';
import './conversations/graph/mutations.schema.ts';
import './conversations/graph/changes.schema.ts';
import './limits/graph/schema.ts';
import './budgets/graph/schema.ts';
import './messages/graph/schema.ts';
import './generations/graph/activity.schema.ts';
import './generations/graph/schema.ts';
import './generations/graph/starts.schema.ts';
import './generations/graph/mutations.schema.ts';
import './generations/graph/event.schema.ts';
import { specifiedDirectives } from 'graphql';
import { toSubgraph } from './federation/schema.ts';
import { constraintDirective } from './graph/bounds/boundsSdl.schema.ts';
import { builder } from './graph/builder.ts';
import { meterLists } from './graph/meterLists.schema.ts';

export const schema = meterLists(
  builder.toSchema({ directives: [...specifiedDirectives, constraintDirective] }),
);

/** The schema as a subgraph: with the two fields that gateways ask for. */
export const subgraph = toSubgraph(schema);

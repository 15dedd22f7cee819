import './scalars.ts';
import './health.schema.ts';
import './accounts/schema.ts';
import './accounts/renewal.schema.ts';
import './accounts/sessions.schema.ts';
import './accounts/signIns.schema.ts';
import './accounts/singleSignOn.schema.ts';
import './accounts/users.schema.ts';
import './accounts/invites.schema.ts';
import './accounts/links.schema.ts';
import './accounts/account.schema.ts';
import './usage/schema.ts';
import './usage/quota.schema.ts';
import './usage/storage.schema.ts';
import './apiKeys/schema.ts';
import './audit/schema.ts';
import './models/schema.ts';
import './models/pulls.schema.ts';
import './conversations/schema.ts';
import './conversations/mutations.schema.ts';
import './conversations/changes.schema.ts';
import './limits/limitHits.schema.ts';
import './budgets/budgets.schema.ts';
import './messages/schema.ts';
import './generations/activity.schema.ts';
import './generations/schema.ts';
import './generations/starts.schema.ts';
import './generations/mutations.schema.ts';
import './generations/event.schema.ts';
import { specifiedDirectives } from 'graphql';
import { constraintDirective } from './boundsSdl.schema.ts';
import { builder } from './builder.ts';
import { meterLists } from './meterLists.schema.ts';

export const schema = meterLists(
  builder.toSchema({ directives: [...specifiedDirectives, constraintDirective] }),
);

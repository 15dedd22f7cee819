import './scalars.ts';
import './health.schema.ts';
import './accounts/schema.ts';
import './accounts/mutations.schema.ts';
import './models/schema.ts';
import './conversations/schema.ts';
import './conversations/mutations.schema.ts';
import './conversations/changes.schema.ts';
import './messages/schema.ts';
import './generations/schema.ts';
import './generations/starts.schema.ts';
import './generations/mutations.schema.ts';
import './generations/event.schema.ts';
import { builder } from './builder.ts';

export const schema = builder.toSchema();

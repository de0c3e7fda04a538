/** The whole schema: every feature adds its part by being imported. */
import './account/schema.ts';
import './admin/account-schema.ts';
import './admin/audit-schema.ts';
import './admin/configuration-schema.ts';
import './admin/figures/schema.ts';
import './admin/links/schema.ts';
import './admin/schema.ts';
import './admin/user-task-schema.ts';
import './admin/webhooks/schema.ts';
import './auth/api-keys/schema.ts';
import './auth/schema.ts';
import './credits/schema.ts';
import './graphql/error-code.ts';
import './graphql/nodes.ts';
import './images/mutations.ts';
import './images/schema.ts';
import './models/schema.ts';
import './sharing/schema.ts';
import './tasks/list-schema.ts';
import './tasks/mutations.ts';
import './tasks/schema.ts';
import './webhooks/mutations.ts';
import './webhooks/schema.ts';
import { builder } from './graphql/builder.ts';

export const schema = builder.toSchema();

import { attachmentVariables } from './attachments.ts';
import { auditVariables } from './audit.ts';
import { cacheVariables } from './cache.ts';
import { dockerVariables } from './docker.ts';
import { engineVariables } from './engine.ts';
import { generationVariables } from './generations.ts';
import { graphqlVariables } from './graphql.ts';
import { limitVariables } from './limits.ts';
import { networkVariables } from './network.ts';
import { processVariables } from './process.ts';
import { replicaVariables } from './replicas.ts';
import { serverVariables } from './server.ts';
import { singleSignOnVariables } from './singleSignOn.ts';
import { tokenVariables } from './tokens.ts';

/** All variables, in the order of the table in `docs/configuration.md`, which is printed from this. */
export const variables = {
  ...serverVariables,
  ...engineVariables,
  ...replicaVariables,
  ...tokenVariables,
  ...networkVariables,
  ...singleSignOnVariables,
  ...graphqlVariables,
  ...generationVariables,
  ...limitVariables,
  ...attachmentVariables,
  ...cacheVariables,
  ...dockerVariables,
  ...auditVariables,
  ...processVariables,
} as const;

/** The table of variables for `docs/configuration.md`, in Markdown. */
export const variablesTable = (): string => {
  const rows = Object.entries(variables).map(
    ([name, { default: value, meaning }]) => `| \`${name}\` | ${value} | ${meaning} |`,
  );
  return ['| variable | default | meaning |', '| --- | --- | --- |', ...rows, ''].join('\n');
};

import type { Route } from '../routes.ts';
import { components, operationOf, security } from './operations.ts';

/** Returns the OpenAPI 3.1 document of the routes that have an operation. */
export const openapiDocument = (version: string, basePath: string, routes: readonly Route[]) => {
  const paths: Record<string, Record<string, object>> = {};
  const tags = new Set<string>();
  for (const route of routes) {
    const { method, operation } = route;
    if (typeof operation === 'string') continue;
    paths[operation.path] = {
      ...paths[operation.path],
      [method.toLowerCase()]: operationOf(route, operation),
    };
    tags.add(operation.tag);
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Ziggie LLM',
      version,
      description:
        'Language models on your own hardware, in the formats of Ollama and OpenAI. The full service, with history and resumable live streams, is the GraphQL API at /graphql.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: basePath || '/' }],
    security,
    tags: [...tags].map((name) => ({ name })),
    paths,
    components,
  };
};

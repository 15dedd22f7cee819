import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createYoga } from 'graphql-yoga';
import { createCallerLookup } from './callers.ts';
import { createDirectory } from './directory.ts';
import { type CallerContext, createControlCenterSchema } from './schema.ts';

export interface ControlCenterOptions {
  /** The GraphQL URL of the LLM service, which authenticates the callers. */
  readonly llm: string;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

export interface ControlCenter {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts an example of an organisation's own subgraph: users have agents, which belong to services. */
export const startControlCenter = async ({
  llm,
  host,
  port,
}: ControlCenterOptions): Promise<ControlCenter> => {
  const sdl = await readFile(new URL('./subgraph.graphql', import.meta.url), 'utf8');
  const findCaller = createCallerLookup(llm);
  const yoga = createYoga<object, CallerContext>({
    schema: createControlCenterSchema(sdl, createDirectory()),
    context: async ({ request }) => ({ userId: await findCaller(request.headers.get('authorization')) }),
    graphiql: false,
    landingPage: false,
    logging: 'warn',
  });
  const server = createServer(yoga);
  server.listen(port, host);
  await once(server, 'listening');
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${bound}/graphql`,
    async close() {
      server.close();
      server.closeAllConnections();
      await yoga.dispose();
    },
  };
};

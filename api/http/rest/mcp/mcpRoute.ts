import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { badInput } from '../../../errors/failures.ts';
import { version } from '../../../process/version.ts';
import { streamHeaders } from '../../responses/responseStream.ts';
import { readJson } from '../../server/body.ts';
import { completionBodyLimit, whileConnected } from '../completions.ts';
import { endpoint } from '../endpoint.ts';
import type { Route } from '../routes.ts';
import type { McpToolsDeps } from './mcpTools.ts';

/** Loaded with the first call. */
const protocol = async () => ({
  ...(await import('@modelcontextprotocol/server')),
  ...(await import('./mcpTools.ts')),
});

/**
 * The Model Context Protocol over HTTP at `/mcp`, with the access tokens and API keys of the other APIs. No call keeps a
 * session, so any replica answers any call, and clients of the protocol's revisions since 2025-03-26 are served.
 */
export const mcpRoute = (deps: McpToolsDeps): Route =>
  endpoint({
    unlisted: 'protocol',
    method: 'POST',
    path: '/mcp',
    credentials: 'required',
    async handle({ exchange, viewer }) {
      const { request, response } = exchange;
      const signal = whileConnected(response);
      const message = await readJson(request, completionBodyLimit);
      // Earlier revisions allow batches; a batch would be many calls that count as one request.
      if (Array.isArray(message)) throw badInput('body', 'Send one JSON-RPC message per request.');
      await exchange.destroyOnAccessEnd();
      // Any message may open a stream that lasts: the client asks for changes of the tools by one.
      await exchange.openStream();
      const { createMcpHandler, McpServer, registerMcpTools } = await protocol();
      const handler = createMcpHandler(
        () => {
          const server = new McpServer({ name: 'ziggie-llm', version });
          registerMcpTools(server, deps, { exchange, viewer, signal });
          return server;
        },
        { onerror: (error) => exchange.log.debug({ err: error }, 'mcp: request rejected') },
      );
      try {
        // Only what the protocol reads: no credentials.
        const headers = new Headers();
        for (const [name, value] of Object.entries(request.headers)) {
          if (!/^(?:accept|content-type|mcp-.*)$/.test(name)) continue;
          for (const one of [value].flat()) if (one !== undefined) headers.append(name, one);
        }
        const asked = new Request('http://localhost/mcp', { method: 'POST', headers, signal });
        const answer = await handler.fetch(asked, { parsedBody: message });
        const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
        const answered = { ...Object.fromEntries(answer.headers), ...(isStream && streamHeaders) };
        response.writeHead(answer.status, answered);
        if (answer.body) await pipeline(Readable.fromWeb(answer.body as ReadableStream), response);
        else response.end();
      } catch (error) {
        // No one reads the response of a client that disconnected.
        if (!signal.aborted) throw error;
      } finally {
        await handler.close();
      }
    },
  });

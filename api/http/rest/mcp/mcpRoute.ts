import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { Failure } from '../../../errors/failures.ts';
import { version } from '../../../process/version.ts';
import type { ToolCalls } from '../../../toolCalls/service.ts';
import { streamHeaders, streamIntervalMs } from '../../responses/responseStream.ts';
import { readJson } from '../../server/body.ts';
import type { Exchange } from '../../server/exchange.ts';
import { completionBodyLimit, whileConnected } from '../completions.ts';
import { endpoint } from '../endpoint.ts';
import type { Route } from '../routes.ts';
import { readMessage } from './mcpMessage.ts';
import type { McpToolsDeps } from './mcpTools.ts';

export interface McpRouteDeps extends McpToolsDeps {
  readonly toolCalls: Pick<ToolCalls, 'begin' | 'cancel'>;
  /** Aborts when the server begins to stop. */
  readonly stopping: AbortSignal;
}

/** Loaded with the first call. */
const protocol = async () => ({
  ...(await import('@modelcontextprotocol/server')),
  ...(await import('./mcpTools.ts')),
});

/**
 * The Model Context Protocol over HTTP at `/mcp`, with the access tokens and API keys of the other APIs. No call needs the
 * state of another, so any replica answers any call, and clients of the protocol's revisions since 2025-03-26 are served.
 */
export const mcpRoute = (deps: McpRouteDeps): Route =>
  endpoint({
    unlisted: 'protocol',
    method: 'POST',
    path: '/mcp',
    credentials: 'required',
    async handle({ exchange, viewer }) {
      const { request, response } = exchange;
      const connected = whileConnected(response);
      const body = await readJson(request, completionBodyLimit);
      const message = readMessage(body);
      const { createMcpHandler, isLegacyRequest, McpServer, registerMcpTools } = await protocol();
      const asked = new Request('http://localhost/mcp', {
        method: 'POST',
        headers: protocolHeadersOf(request),
        signal: connected,
      });
      // Clients of later revisions cancel a call by closing its request.
      const isEarly = await isLegacyRequest(asked, body);
      const session = String(request.headers['mcp-session-id'] ?? '');
      // Without a session, the clients of one key can't be told apart, and each counts its requests from zero.
      const isNamed = isEarly && session !== '';
      if (isNamed && message.method === 'notifications/cancelled' && message.requestId !== null) {
        await deps.toolCalls.cancel(viewer, { session, requestId: message.requestId });
      }
      const isListening = message.method === 'subscriptions/listen';
      if (isListening && deps.stopping.aborted) {
        response.setHeader('Connection', 'close');
        throw new Failure('SERVICE_UNAVAILABLE', 'The server is stopping. Connect again.', { retryAfter: 1 });
      }
      await exchange.destroyOnAccessEnd();
      // Any request may open a stream that lasts: the client asks for changes of the tools by one.
      if (message.id !== null) await exchange.openStream();
      const isCall = message.method === 'tools/call' && message.id !== null;
      const call =
        isCall && isNamed ? deps.toolCalls.begin(viewer, { session, requestId: message.id }) : null;
      const signal = call ? AbortSignal.any([connected, call.signal]) : connected;
      const handler = createMcpHandler(
        () => {
          const server = new McpServer({ name: 'ziggie-llm', version });
          registerMcpTools(server, deps, { exchange, viewer, signal });
          return server;
        },
        {
          onerror: (error) => exchange.log.debug({ err: error }, 'mcp: request rejected'),
          keepAliveMs: streamIntervalMs,
          // A model may take minutes, and proxies close a request that is silent for that long.
          ...(isCall && acceptsStream(request) && { responseMode: 'sse' }),
        },
      );
      const endStream = () => void handler.close();
      try {
        const answer = await handler.fetch(asked, { parsedBody: body });
        if (isListening) deps.stopping.addEventListener('abort', endStream);
        if (isListening && deps.stopping.aborted) endStream();
        await send(exchange, answer, isEarly && message.method === 'initialize');
      } catch (error) {
        // No one reads the response of a client that disconnected.
        if (!connected.aborted) throw error;
      } finally {
        call?.end();
        deps.stopping.removeEventListener('abort', endStream);
        await handler.close();
      }
    },
  });

/** Returns the headers that the protocol reads: no credentials. */
const protocolHeadersOf = ({ headers }: IncomingMessage): Headers => {
  const read = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    if (!/^(?:accept|content-type|mcp-.*)$/.test(name)) continue;
    for (const one of [value].flat()) if (one !== undefined) read.append(name, one);
  }
  return read;
};

const acceptsStream = ({ headers }: IncomingMessage): boolean =>
  headers.accept?.includes('text/event-stream') ?? false;

/**
 * Sends an answer as fast as the client reads it. `beginsSession` names a session: a label by which the client's messages are
 * told apart from those of other clients with the same credential. Nothing is stored under it.
 */
const send = async ({ response }: Exchange, answer: Response, beginsSession: boolean): Promise<void> => {
  const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  response.writeHead(answer.status, {
    ...Object.fromEntries(answer.headers),
    ...(isStream && streamHeaders),
    ...(beginsSession && answer.ok && { 'Mcp-Session-Id': randomUUID() }),
  });
  if (isStream) response.flushHeaders();
  if (answer.body) await pipeline(Readable.fromWeb(answer.body as ReadableStream), response);
  else response.end();
};

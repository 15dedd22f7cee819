import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { roles } from '../../access/user.ts';
import type { McpServerDefinition } from '../toolsFile.ts';
import { createTestMcpServer } from './program.testing.ts';

/** The tools of the test server that are allowed: all but `secret`. */
export const allowed = [
  'add',
  'fail',
  'note',
  'repeat',
  'wait',
  'exit',
  'environment',
  'garbage',
  'late',
] as const;

/** The command that starts the real server of `program.testing.ts`. */
export const stdioCommand = {
  command: process.execPath,
  args: [
    '--disable-warning=ExperimentalWarning',
    fileURLToPath(new URL('./stdio.testing.ts', import.meta.url)),
  ],
} as const;

/** Returns the definition of a server that runs a program of Node. */
export const programOf = (script: string): McpServerDefinition['access'] => ({
  command: process.execPath,
  args: ['--input-type=module', '--eval', script],
  env: {},
});

export const definitionOf = (
  access: McpServerDefinition['access'],
  given: Partial<McpServerDefinition> = {},
): McpServerDefinition => ({
  name: 'test',
  access,
  timeoutMs: 5_000,
  tools: allowed.map((name) => ({ name, roles, isReadOnly: name !== 'note' })),
  ...given,
});

/** Listens on a free port. */
export const listen = async (listener: RequestListener) => {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** Starts the real server of `program.testing.ts` over streamable HTTP. */
export const startHttpMcpServer = (notes: string[] = []) => {
  const handler = createMcpHandler(() => createTestMcpServer(notes));
  return listen((request, response) => {
    const answer = async () => {
      const headers = new Headers(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      );
      const body = request.method === 'POST' ? await buffer(request) : null;
      const {
        status,
        headers: sent,
        body: content,
      } = await handler.fetch(
        new Request('http://localhost/mcp', { method: request.method ?? 'POST', headers, body }),
      );
      response.writeHead(status, Object.fromEntries(sent));
      for await (const chunk of content ?? []) response.write(chunk);
      response.end();
    };
    answer().catch(() => response.destroy());
  });
};

/** What a program must not get to match: a backtracking pattern takes exponential time. */
const outputSchema = {
  type: 'object',
  properties: { value: { type: 'string', pattern: '^(a+)+$' } },
  required: ['value'],
};

/**
 * Starts a server over streamable HTTP with sessions, without a library: its one tool `add` has an output schema that its
 * results don't match.
 */
export const startHandwritten = async () => {
  let session: string | null = null;
  let sessions = 0;
  let calls = 0;
  let status: number | null = null;
  const resultOf = (method: string, version: unknown): object | null => {
    switch (method) {
      case 'initialize':
        sessions += 1;
        session = `session-${sessions}`;
        return {
          protocolVersion: version,
          capabilities: { tools: {} },
          serverInfo: { name: 'handwritten', version: '1' },
        };
      case 'tools/list':
        return { tools: [{ name: 'add', inputSchema: { type: 'object' }, outputSchema }] };
      case 'tools/call':
        return {
          content: [{ type: 'text', text: 'the text' }],
          structuredContent: { value: `${'a'.repeat(60)}!` },
        };
      default:
        return null;
    }
  };
  const server = await listen(async (request, response) => {
    if (request.method !== 'POST') return void response.writeHead(405).end();
    const { id, method, params } = JSON.parse((await buffer(request)).toString());
    if (method !== 'initialize' && request.headers['mcp-session-id'] !== session) {
      return void response.writeHead(404).end('no such session');
    }
    if (id === undefined) return void response.writeHead(202).end();
    if (method === 'tools/call') {
      calls += 1;
      if (status !== null) return void response.writeHead(status).end('after the call');
    }
    const result = resultOf(method, params?.protocolVersion);
    const answer = result ? { result } : { error: { code: -32_601, message: 'no such method' } };
    response.writeHead(200, {
      'content-type': 'application/json',
      ...(session !== null && { 'mcp-session-id': session }),
    });
    response.end(JSON.stringify({ jsonrpc: '2.0', id, ...answer }));
  });
  return {
    ...server,
    /** Forgets the session, as a restart does. */
    forget: () => {
      session = null;
    },
    sessions: () => sessions,
    /** Answers calls with this status, after it has run them. */
    failAfterCalls: (failure: number) => {
      status = failure;
    },
    /** The number of calls that it has run. */
    calls: () => calls,
  };
};

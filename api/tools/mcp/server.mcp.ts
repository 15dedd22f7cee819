import type {
  Client,
  JsonSchemaValidator,
  jsonSchemaValidator,
  Tool as ListedTool,
  Transport,
} from '@modelcontextprotocol/client';
import type { Logger } from 'pino';
import { Failure } from '../../errors/failures.ts';
import { orAborted } from '../../process/orAborted.ts';
import { version } from '../../process/version.ts';
import { CallLost, type Tool, type ToolDescription, type ToolResult, toolLimits } from '../tool.ts';
import { type McpServerDefinition, toolNameOf } from '../toolsFile.ts';
import { boundedFetch } from './boundedFetch.mcp.ts';
import { textOf } from './result.mcp.ts';

/** The maximum size of a message of a server, in bytes. Its content is cut to `toolLimits.result`. */
export const maxMessageBytes = 1 << 20;
/** The maximum duration of a start with the list of tools, in ms. */
const defaultConnectTimeoutMs = 15_000;
/** The minimum time between two starts, in ms: a server that exits at once must not be started in a loop. */
const minReconnectMs = 1_000;
/** The maximum invalid messages of a connection in a row, without a valid result. */
const maxInvalid = 20;
/** Errors of messages that come too late for their call, which isn't a fault of the server. */
const lateMessage = /unknown (message id|progress token)/i;

/**
 * A validator that accepts everything: only the text of a result is used. The schemas of a hostile server could take
 * seconds to compile, and its patterns longer to match, on the event loop of everybody.
 */
const acceptAll: jsonSchemaValidator = {
  getValidator<Value>(): JsonSchemaValidator<Value> {
    return (input) => ({ valid: true, data: input as Value, errorMessage: undefined });
  },
};

/** An MCP server that this process uses. */
export interface McpServer {
  readonly tools: readonly Tool[];
  close(): Promise<void>;
}

interface Connection {
  readonly client: Client;
  readonly listed: ReadonlyMap<string, ListedTool>;
}

/** Loaded with the first call. */
const library = async () => ({
  ...(await import('@modelcontextprotocol/client')),
  ...(await import('@modelcontextprotocol/client/stdio')),
});

/**
 * Creates the tools of an MCP server. It is reached or started with the first use, and again after it has failed. All users
 * share the connection: a call carries nothing of its user but the arguments that the model wrote.
 */
export const createMcpServer = (
  definition: McpServerDefinition,
  log: Logger,
  connectTimeoutMs = defaultConnectTimeoutMs,
): McpServer => {
  const { name: server, timeoutMs } = definition;
  let current: Promise<Connection> | null = null;
  let connectedAt = Number.NEGATIVE_INFINITY;
  const closing = new AbortController();
  /** Invalid messages since the last valid result. */
  let invalid = 0;

  /** Begins a connection. `forget` is called when it can't be used any more. */
  const connect = async (forget: () => void): Promise<Connection> => {
    const { Client, StdioClientTransport, StreamableHTTPClientTransport } = await library();
    const { access } = definition;
    const transport: Transport =
      'url' in access
        ? new StreamableHTTPClientTransport(new URL(access.url), {
            requestInit: { headers: { ...access.headers }, redirect: 'error' },
            fetch: boundedFetch(maxMessageBytes),
            reconnectionOptions: {
              maxRetries: 0,
              initialReconnectionDelay: 1000,
              maxReconnectionDelay: 1000,
              reconnectionDelayGrowFactor: 1,
            },
          })
        : new StdioClientTransport({
            command: access.command,
            args: [...access.args],
            env: { ...access.env },
            ...(access.cwd !== undefined && { cwd: access.cwd }),
            // A server's log may have secrets.
            stderr: 'ignore',
            maxBufferSize: maxMessageBytes,
          });
    const options = { capabilities: {}, jsonSchemaValidator: acceptAll };
    const client = new Client({ name: 'ziggie-llm', version }, options);
    const broken = new AbortController();
    invalid = 0;
    client.onerror = (error) => {
      // The message may have contents of a result.
      log.debug({ server, error: error.name }, 'tools: message of an MCP server rejected');
      if (lateMessage.test(error.message)) return;
      invalid += 1;
      if (invalid < maxInvalid) return;
      // At once: a process whose output another one holds may never be reported as ended.
      forget();
      broken.abort(new Error(`${maxInvalid} invalid messages`));
      client.close().catch(() => {});
    };
    client.onclose = () => {
      log.info({ server }, 'tools: MCP server disconnected');
      forget();
    };
    const limit = AbortSignal.any([closing.signal, broken.signal, AbortSignal.timeout(connectTimeoutMs)]);
    const timeout = { timeout: connectTimeoutMs, maxTotalTimeout: connectTimeoutMs };
    const begin = async (): Promise<Connection> => {
      await client.connect(transport, timeout);
      const { tools } = await client.listTools(undefined, timeout);
      log.info({ server, tools: tools.length }, 'tools: MCP server connected');
      return { client, listed: new Map(tools.map((tool) => [tool.name, tool])) };
    };
    try {
      return await begunUnlessAborted(begin, limit);
    } catch (error) {
      client.close().catch(() => {});
      throw error;
    }
  };

  /** Returns the connection, and begins one if there is none. Throws `TOOL_FAILED`. */
  const connection = async (): Promise<Connection> => {
    if (closing.signal.aborted) throw unavailable(server);
    if (!current) {
      if (performance.now() - connectedAt < minReconnectMs) throw unavailable(server);
      connectedAt = performance.now();
      const begun: Promise<Connection> = connect(() => {
        if (current === begun) current = null;
      });
      current = begun;
      begun.catch((error: unknown) => {
        if (current === begun) current = null;
        if (!closing.signal.aborted)
          log.warn({ server, reason: reasonOf(error) }, 'tools: MCP server unavailable');
      });
    }
    try {
      return await current;
    } catch {
      throw unavailable(server);
    }
  };

  /** Ends a connection that the server has forgotten, for example by a restart. */
  const disconnect = async ({ client }: Connection): Promise<void> => {
    const connected = await current?.catch(() => null);
    if (connected?.client !== client) return;
    current = null;
    client.close().catch(() => {});
  };

  const tools = definition.tools.map(({ name, description, roles, isReadOnly }): Tool => {
    const listedTool = async (): Promise<Connection & { readonly tool: ListedTool }> => {
      const connected = await connection();
      const tool = connected.listed.get(name);
      if (!tool) throw missing(server, name);
      return { ...connected, tool };
    };
    return {
      name: toolNameOf(server, name),
      roles,
      isReadOnly,
      timeoutMs,
      async describe(signal): Promise<ToolDescription> {
        const { tool } = await begunUnlessAborted(listedTool, signal);
        const parameters = tool.inputSchema;
        if (JSON.stringify(parameters).length > toolLimits.schema) throw tooLarge(server, name);
        return {
          description: (description ?? tool.description ?? tool.title ?? name).slice(
            0,
            toolLimits.description,
          ),
          parameters,
        };
      },
      async call(given, { signal }): Promise<ToolResult> {
        const once = async (connected: Connection): Promise<ToolResult> => {
          const result = await connected.client.callTool(
            { name, arguments: { ...given } },
            { signal, timeout: timeoutMs, maxTotalTimeout: timeoutMs },
          );
          invalid = 0;
          return { text: textOf(result), isError: result.isError === true };
        };
        const connected = await begunUnlessAborted(listedTool, signal);
        const hasSession = connected.client.transport?.sessionId !== undefined;
        try {
          return await once(connected);
        } catch (error) {
          signal.throwIfAborted();
          const isSure = isReadOnly || (hasSession && statusOf(error) === 404);
          if (isSessionLost(error)) await disconnect(connected);
          if (isSessionLost(error) && isSure) {
            // It was rejected, so it did not run.
            const again = await begunUnlessAborted(listedTool, signal);
            return await once(again).catch((reason: unknown) => {
              signal.throwIfAborted();
              throw failed(server, reason);
            });
          }
          log.warn({ server, tool: name, reason: reasonOf(error) }, 'tools: call of an MCP server failed');
          throw failed(server, error);
        }
      },
    };
  });

  return {
    tools,
    async close() {
      closing.abort(new Error('the server stops'));
      const connected = await current?.catch(() => null);
      await connected?.client.close().catch(() => {});
    },
  };
};

/** Begins the work, unless the signal has aborted: nothing would await it then. */
const begunUnlessAborted = async <Result>(
  begin: () => Promise<Result>,
  signal: AbortSignal,
): Promise<Result> => {
  signal.throwIfAborted();
  return orAborted(begin(), signal);
};

/**
 * Whether a server over HTTP rejects a request because it doesn't know its session (any more): 404, or 400 from some. Only a 404
 * for a session surely means that it has done nothing.
 */
const isSessionLost = (error: unknown): boolean => statusOf(error) === 404 || statusOf(error) === 400;

const statusOf = (error: unknown): unknown =>
  error instanceof Error && 'status' in error ? error.status : null;

const unavailable = (server: string) =>
  new Failure(
    'TOOL_FAILED',
    `The tools of "${server}" are unavailable. Try again in a minute, or leave them out.`,
  );

const missing = (server: string, name: string) =>
  new Failure(
    'TOOL_FAILED',
    `The server "${server}" has no tool "${name}". Leave it out, and ask an administrator to correct the tools.`,
  );

const tooLarge = (server: string, name: string) =>
  new Failure('TOOL_FAILED', `The parameters of the tool "${name}" of "${server}" are too large to be used.`);

/**
 * Returns what is logged of an error: only its beginning. Its other properties have the arguments of a command, which may be
 * secrets, and whole answers of servers.
 */
const reasonOf = (error: unknown): string =>
  (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, 300);

/** An error that the server answered is for the model; others name only the server. */
const failed = (server: string, error: unknown) => {
  const isAnswer = error instanceof Error && error.name === 'ProtocolError';
  return isAnswer
    ? new Failure('TOOL_FAILED', `The server "${server}" rejected the call: ${error.message.slice(0, 500)}`)
    : new CallLost('TOOL_FAILED', `The server "${server}" ended the call without a valid result.`);
};

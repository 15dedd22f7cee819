import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import type { Viewer } from '../../access/viewer.ts';
import { silent } from '../../redis/server.testing.ts';
import { CallLost } from '../tool.ts';
import type { McpServerDefinition } from '../toolsFile.ts';
import {
  definitionOf,
  listen,
  programOf,
  startHandwritten,
  startHttpMcpServer,
  stdioCommand,
} from './mcp.testing.ts';
import { createMcpServer, type McpServer, maxMessageBytes } from './server.mcp.ts';

const never = new AbortController().signal;
const viewer = {} as Viewer;

describe('the tools of an MCP server', () => {
  const open: McpServer[] = [];
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const server of open.splice(0)) await server.close();
    for (const close of closing.splice(0)) await close();
  });

  const start = (definition: McpServerDefinition, connectTimeoutMs?: number) => {
    const server = createMcpServer(definition, silent, connectTimeoutMs);
    open.push(server);
    const tool = (name: string) => {
      const found = server.tools.find((one) => one.name === `test_${name}`);
      if (!found) throw new Error(`there is no tool ${name}`);
      return found;
    };
    return {
      server,
      tool,
      call: (name: string, given: object = {}, signal = never) =>
        tool(name).call({ ...given }, { viewer, callId: 'x.1', signal }),
    };
  };

  const overHttp = async () => {
    const { url, close } = await startHttpMcpServer();
    closing.push(close);
    return definitionOf({ url, headers: {} });
  };
  const overStdio = async (env: Record<string, string> = {}) => definitionOf({ ...stdioCommand, env });

  describe.each([
    ['a command', overStdio],
    ['streamable HTTP', overHttp],
  ])('over %s', (_, define) => {
    it('are described by the server, and called', async () => {
      const { tool, call } = start(await define());
      expect(await tool('add').describe(never)).toMatchObject({
        description: 'Adds two numbers.',
        parameters: { type: 'object', required: ['a', 'b'] },
      });
      expect(await call('add', { a: 2, b: 3 })).toEqual({ text: '5', isError: false });
      expect(await call('fail')).toEqual({ text: 'It did not work.', isError: true });
      expect(await call('add', { a: 'two' })).toMatchObject({ isError: true });
    });

    it('are only those of the allow-list', async () => {
      const { server } = start(await define());
      expect(server.tools.map(({ name }) => name)).not.toContain('test_secret');
    });

    it('end at an abort, and work again afterwards', async () => {
      const { call } = start(await define());
      const reason = new Error('stop');
      const stopped = new AbortController();
      const waiting = call('wait', {}, stopped.signal);
      setTimeout(() => stopped.abort(reason), 200);
      await expect(waiting).rejects.toBe(reason);
      expect(await call('add', { a: 1, b: 1 })).toMatchObject({ text: '2' });
    });

    it('fail after the timeout of a call', async () => {
      const { call } = start({ ...(await define()), timeoutMs: 1_000 });
      await expect(call('wait')).rejects.toMatchObject({ code: 'TOOL_FAILED' });
    });

    it('fail with an answer that is too large', async () => {
      const { call } = start(await define());
      const many = { text: 'x'.repeat(1024), times: 100 * 1024 };
      await expect(call('repeat', many)).rejects.toMatchObject({ code: 'TOOL_FAILED' });
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      expect(await call('add', { a: 1, b: 1 })).toMatchObject({ text: '2' });
    });

    it('are reported missing if the server lacks one', async () => {
      const definition = {
        ...(await define()),
        tools: [{ name: 'gone', roles: ['ADMIN'] as const, isReadOnly: true }],
      };
      const { tool } = start(definition);
      await expect(tool('gone').describe(never)).rejects.toMatchObject({ code: 'TOOL_FAILED' });
    });
  });

  it('start the command again after it has exited', async () => {
    const { call } = start(await overStdio());
    await expect(call('exit')).rejects.toMatchObject({ code: 'TOOL_FAILED' });
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await call('add', { a: 1, b: 1 })).toMatchObject({ text: '2' });
  });

  it('ignore lines that are no messages', async () => {
    const { call } = start(await overStdio());
    expect(await call('garbage')).toMatchObject({ text: 'after garbage' });
  });

  it('get the environment that is configured, and none of the secrets of this process', async () => {
    process.env.JWT_SECRET = 'must not be inherited';
    try {
      const { call } = start(await overStdio({ GIVEN: '1' }));
      const { text } = await call('environment');
      expect(text.split(' ')).toContain('GIVEN');
      expect(text).not.toContain('JWT_SECRET');
    } finally {
      delete process.env.JWT_SECRET;
    }
  });

  it.each([
    ['exits at once', 'process.exit(1)'],
    [
      'writes garbage without an end',
      `setInterval(() => process.stdout.write('{"broken\\n'.repeat(100)), 1)`,
    ],
    [
      'writes a message without an end',
      `const part = 'x'.repeat(65536);
       const write = () => process.stdout.write(part, write);
       write();`,
    ],
  ])('are unavailable if the command %s', async (_, script) => {
    const { tool } = start(definitionOf(programOf(script)), 3_000);
    const before = process.memoryUsage().rss;
    await expect(tool('add').describe(never)).rejects.toMatchObject({
      code: 'TOOL_FAILED',
      message: expect.stringContaining('"test"'),
    });
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * maxMessageBytes);
  });

  it('are unavailable if there is no such command, and the log has no arguments and variables', async () => {
    const lines: string[] = [];
    const log = pino({ level: 'debug' }, { write: (line: string) => lines.push(line) });
    const access = { command: '/no/such/program', args: ['--token=hidden'], env: { TOKEN: 'hidden' } };
    const server = createMcpServer(definitionOf(access), log);
    await expect(server.tools[0]?.describe(never)).rejects.toMatchObject({ code: 'TOOL_FAILED' });
    await server.close();
    expect(lines.join('')).toContain('/no/such/program');
    expect(lines.join('')).not.toContain('hidden');
  });

  it('are not begun for an answer that was cancelled before', async () => {
    const lines: string[] = [];
    const log = pino({ level: 'debug' }, { write: (line: string) => lines.push(line) });
    const server = createMcpServer(definitionOf(programOf('process.exit(1)')), log);
    const reason = new Error('cancelled');
    const { tools } = server;
    await expect(tools[0]?.describe(AbortSignal.abort(reason))).rejects.toBe(reason);
    const context = { viewer, callId: 'x.1', signal: AbortSignal.abort(reason) };
    await expect(tools[0]?.call({}, context)).rejects.toBe(reason);
    await server.close();
    expect(lines).toEqual([]);
  });

  it('may have results that their own schema rejects, since only the text is used', async () => {
    const handwritten = await startHandwritten();
    closing.push(handwritten.close);
    const { call } = start(definitionOf({ url: handwritten.url, headers: {} }));
    const begun = performance.now();
    expect(await call('add', {})).toEqual({ text: 'the text', isError: false });
    // The pattern takes longer than the age of the universe.
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  it('are called in a new session after the server has forgotten the one before', async () => {
    const handwritten = await startHandwritten();
    closing.push(handwritten.close);
    const { call } = start(definitionOf({ url: handwritten.url, headers: {} }));
    expect(await call('add', {})).toMatchObject({ text: 'the text' });
    await sleep(1_100);
    handwritten.forget();
    expect(await call('add', {})).toMatchObject({ text: 'the text' });
    expect(handwritten.sessions()).toBe(2);
  });

  describe('that change something', () => {
    const startWriting = async () => {
      const handwritten = await startHandwritten();
      closing.push(handwritten.close);
      const definition = definitionOf({ url: handwritten.url, headers: {} });
      const tools = definition.tools.map((tool) => ({ ...tool, isReadOnly: false }));
      return { handwritten, ...start({ ...definition, tools }) };
    };

    it('are called in a new session if the server does not know the one before', async () => {
      const { handwritten, call } = await startWriting();
      expect(await call('add', {})).toMatchObject({ text: 'the text' });
      await sleep(1_100);
      handwritten.forget();
      expect(await call('add', {})).toMatchObject({ text: 'the text' });
      expect(handwritten.calls()).toBe(2);
    });

    it.each([400, 500])('are not called again if the server may have acted: %i', async (status) => {
      const { handwritten, call, tool } = await startWriting();
      await tool('add').describe(never);
      await sleep(1_100);
      handwritten.failAfterCalls(status);
      await expect(call('add', {})).rejects.toBeInstanceOf(CallLost);
      expect(handwritten.calls()).toBe(1);
    });
  });

  it('keep their connection although many results come too late for their calls', async () => {
    const { call } = start(await overStdio());
    expect(await call('late')).toMatchObject({ text: 'after late results' });
  });

  it('follow no redirect, which would send the headers elsewhere', async () => {
    const reached: string[] = [];
    const other = await listen((request, response) => {
      reached.push(String(request.headers.authorization));
      response.end();
    });
    const redirecting = await listen((_request, response) => {
      response.writeHead(307, { location: other.url }).end();
    });
    closing.push(other.close, redirecting.close);
    const { tool } = start(
      definitionOf({ url: redirecting.url, headers: { authorization: 'Bearer secret' } }),
    );
    await expect(tool('add').describe(never)).rejects.toMatchObject({ code: 'TOOL_FAILED' });
    expect(reached).toEqual([]);
  });
});

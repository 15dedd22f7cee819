import { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';

/** Creates a real MCP server, with tools that behave and tools that don't. `notes` is what it was told to keep. */
export const createTestMcpServer = (notes: string[] = []): McpServer => {
  const server = new McpServer({ name: 'test', version: '1' });
  const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] });
  server.registerTool(
    'add',
    { description: 'Adds two numbers.', inputSchema: z.object({ a: z.number(), b: z.number() }) },
    async ({ a, b }) => text(String(a + b)),
  );
  server.registerTool('fail', { description: 'Fails.', inputSchema: z.object({}) }, async () => ({
    ...text('It did not work.'),
    isError: true,
  }));
  server.registerTool(
    'note',
    { description: 'Keeps a note.', inputSchema: z.object({ text: z.string() }) },
    async ({ text: note }) => {
      notes.push(note);
      return text('kept');
    },
  );
  server.registerTool(
    'repeat',
    { description: 'Repeats a text.', inputSchema: z.object({ text: z.string(), times: z.number() }) },
    async ({ text: part, times }) => text(part.repeat(times)),
  );
  server.registerTool(
    'wait',
    { description: 'Never answers.', inputSchema: z.object({}) },
    () => new Promise(() => {}),
  );
  server.registerTool('exit', { description: 'Exits.', inputSchema: z.object({}) }, () => process.exit(3));
  server.registerTool(
    'environment',
    { description: 'Lists variables.', inputSchema: z.object({}) },
    async () => text(Object.keys(process.env).sort().join(' ')),
  );
  server.registerTool('garbage', { description: 'Writes no JSON.', inputSchema: z.object({}) }, async () => {
    process.stdout.write('this is no message\n'.repeat(5));
    return text('after garbage');
  });
  server.registerTool('late', { description: 'Answers old calls.', inputSchema: z.object({}) }, async () => {
    const late = JSON.stringify({ jsonrpc: '2.0', id: 9_999, result: {} });
    process.stdout.write(`${late}\n`.repeat(25));
    return text('after late results');
  });
  server.registerTool('secret', { description: 'Is not allowed.', inputSchema: z.object({}) }, async () =>
    text('s3cret'),
  );
  return server;
};

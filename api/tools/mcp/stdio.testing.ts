import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { createTestMcpServer } from './program.testing.ts';

// A program: the tests start it with Node.
await createTestMcpServer().connect(new StdioServerTransport());

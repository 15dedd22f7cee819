import { readFile } from 'node:fs/promises';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { type Role, roles } from '../access/user.ts';
import { StartupError } from '../errors/startupError.ts';
import { isToolName, toolLimits } from './tool.ts';

/** A file of tools that can't be used. The message is one line: the file, the line or field, and what to do. */
export class ToolsFileError extends StartupError {
  override readonly name = 'ToolsFileError';
}

/** A tool of an MCP server that models may call. */
export interface McpToolDefinition {
  readonly name: string;
  /** In place of the server's description. */
  readonly description?: string | undefined;
  /** The roles that may use it. */
  readonly roles: readonly Role[];
  /** Whether it changes nothing, as the administrator says: its calls don't wait for the user. */
  readonly isReadOnly: boolean;
}

/** An MCP server, which this server reaches by a URL or starts as a command. */
export interface McpServerDefinition {
  readonly name: string;
  readonly access:
    | { readonly url: string; readonly headers: Readonly<Record<string, string>> }
    | {
        readonly command: string;
        readonly args: readonly string[];
        readonly env: Readonly<Record<string, string>>;
        readonly cwd?: string | undefined;
      };
  readonly timeoutMs: number;
  readonly tools: readonly McpToolDefinition[];
}

/** An operation of this service's graph that models may run with the rights of their user. */
export interface OperationDefinition {
  readonly name: string;
  readonly description: string;
  readonly roles: readonly Role[];
  readonly timeoutMs: number;
  /** The text of the document, or the id of a persisted one. */
  readonly source: { readonly document: string } | { readonly id: string };
}

export interface ToolsFile {
  readonly path: string;
  readonly servers: readonly McpServerDefinition[];
  readonly operations: readonly OperationDefinition[];
}

const defaultTimeoutS = 30;

const uniqueRoles = z.array(z.enum(roles)).min(1).optional();
const texts = z.record(z.string(), z.string());

/** Headers that HTTP allows. The error names no value, which may be a secret. */
const httpHeaders = texts.refine(
  (given) =>
    Object.entries(given).every(([name, value]) => {
      try {
        return new Headers([[name, value]]).has(name);
      } catch {
        return false;
      }
    }),
  'give names and values that HTTP allows, without line breaks',
);

const serverSchema = z
  .strictObject({
    name: z.string().regex(/^[A-Za-z0-9-]{1,24}$/, 'give 1 to 24 letters, digits and hyphens, such as files'),
    url: z
      .url({ protocol: /^https?$/, error: 'give an http or https URL' })
      .refine(
        (url) => !URL.parse(url)?.username && !URL.parse(url)?.password,
        'put the password into headers instead of the URL',
      )
      .optional(),
    headers: httpHeaders.optional(),
    command: z.string().min(1).optional(),
    args: z.array(z.string()).optional(),
    env: texts.optional(),
    cwd: z.string().min(1).optional(),
    roles: uniqueRoles,
    readOnly: z.boolean().optional(),
    timeoutS: z.number().min(1).max(300).optional(),
    tools: z
      .array(
        z.strictObject({
          name: z.string().min(1).max(toolLimits.name),
          description: z.string().min(1).max(toolLimits.description).optional(),
          roles: uniqueRoles,
          readOnly: z.boolean().optional(),
        }),
      )
      .min(1),
  })
  .check(({ value, issues }) => {
    const { url, command, headers, args, env, cwd } = value;
    const reject = (message: string) => issues.push({ code: 'custom', message, input: value, path: [] });
    if ((url === undefined) === (command === undefined)) reject('give either url or command');
    if (url === undefined && headers !== undefined) reject('headers belong to a url');
    if (command === undefined && (args ?? env ?? cwd) !== undefined)
      reject('args, env and cwd belong to a command');
  });

const operationSchema = z
  .strictObject({
    name: z.string().refine(isToolName, 'give letters, digits, _ and -, at most 64, such as find_chats'),
    description: z.string().min(1).max(toolLimits.description),
    document: z.string().min(1).optional(),
    id: z.string().min(1).optional(),
    roles: uniqueRoles,
    timeoutS: z.number().min(1).max(300).optional(),
  })
  .check(({ value, issues }) => {
    if ((value.document === undefined) !== (value.id === undefined)) return;
    issues.push({
      code: 'custom',
      message: 'give either document, a GraphQL text, or id, that of a persisted document',
      input: value,
      path: [],
    });
  });

const fileSchema = z.strictObject({
  servers: z.array(serverSchema).default([]),
  operations: z.array(operationSchema).default([]),
});

type FileSchema = z.infer<typeof fileSchema>;

/** Returns the name by which models call a tool of a server. */
export const toolNameOf = (server: string, tool: string): string => `${server}_${tool}`;

/** Reads a file of tools, in YAML or JSON. Throws `ToolsFileError`. */
export const readToolsFile = async (path: string): Promise<ToolsFile> => {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw unusable(path, `it can't be read: ${error instanceof Error ? error.message : error}`);
  });
  return parseToolsFile(path, text);
};

/** Parses the text of the file `path`. Throws `ToolsFileError`. Its messages repeat no value, which may be a secret. */
export const parseToolsFile = (path: string, text: string): ToolsFile => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [problem] = document.errors;
  if (problem)
    throw unusable(path, `line ${lines.linePos(problem.pos[0]).line} is not valid YAML (${problem.code})`);
  const parsed = fileSchema.safeParse(toValue(path, document) ?? {});
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const fields = issue?.path.map(String) ?? [];
    const node =
      document.getIn(issue?.path ?? [], true) ?? document.getIn(issue?.path.slice(0, -1) ?? [], true);
    const start = rangeStart(node);
    const line = start === null ? '' : `line ${lines.linePos(start).line}: `;
    throw unusable(path, `${line}${fields.join('.') || 'the file'}: ${issue?.message}`);
  }
  return checked(path, parsed.data);
};

/** Aliases can multiply a small file into a huge object. */
const toValue = (path: string, document: ReturnType<typeof parseDocument>): unknown => {
  try {
    return document.toJS({ maxAliasCount: 20 });
  } catch {
    throw unusable(path, 'it has too many aliases. Write their values out');
  }
};

const rangeStart = (node: unknown): number | null => {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range))
    return null;
  return typeof node.range[0] === 'number' ? node.range[0] : null;
};

const checked = (path: string, { servers, operations }: FileSchema): ToolsFile => {
  const names = new Set<string>();
  const claim = (kind: string, name: string) => {
    if (names.has(`${kind} ${name}`))
      throw unusable(path, `the ${kind} ${name} occurs twice. Rename one of them`);
    names.add(`${kind} ${name}`);
  };
  return {
    path,
    servers: servers.map((server) => {
      claim('server', server.name);
      const tools = server.tools.map(({ name, description, roles: own, readOnly }) => {
        const called = toolNameOf(server.name, name);
        if (!isToolName(called)) {
          throw unusable(
            path,
            `the tool ${called} can't be called by models: its name may have letters, digits, _ and -, at most ${toolLimits.name} with the server's name`,
          );
        }
        claim('tool', called);
        return {
          name,
          description,
          roles: own ?? server.roles ?? roles,
          isReadOnly: readOnly ?? server.readOnly ?? false,
        };
      });
      const { url, headers = {}, command = '', args = [], env = {}, cwd } = server;
      return {
        name: server.name,
        access: url === undefined ? { command, args, env, cwd } : { url, headers },
        timeoutMs: (server.timeoutS ?? defaultTimeoutS) * 1000,
        tools,
      };
    }),
    operations: operations.map(({ name, description, document, id = '', roles: own, timeoutS }) => {
      claim('tool', name);
      return {
        name,
        description,
        roles: own ?? roles,
        timeoutMs: (timeoutS ?? defaultTimeoutS) * 1000,
        source: document === undefined ? { id } : { document },
      };
    }),
  };
};

/** Returns the error of a file that can't be used. `problem` is a part of a sentence. */
export const unusable = (path: string, problem: string) =>
  new ToolsFileError(`The tools in ${path} (TOOLS_FILE) can't be used: ${problem}. See docs/tools.md.`);

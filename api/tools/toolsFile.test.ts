import { parseToolsFile, readToolsFile, ToolsFileError } from './toolsFile.ts';

const parse = (text: string) => parseToolsFile('tools.yaml', text);

describe('a file of tools', () => {
  it('names servers that are reached by a URL or started as a command', () => {
    const file = parse(`
servers:
  - name: search
    url: https://search.example/mcp
    headers: { Authorization: Bearer abc }
    roles: [ADMIN]
    timeoutS: 5
    readOnly: true
    tools:
      - name: find
        description: Finds pages.
      - name: count
        roles: [ADMIN, MEMBER]
        readOnly: false
  - name: files
    command: node
    args: [server.js]
    env: { ROOT: /srv }
    tools: [{ name: read }]
`);
    expect(file).toEqual({
      path: 'tools.yaml',
      operations: [],
      servers: [
        {
          name: 'search',
          access: { url: 'https://search.example/mcp', headers: { Authorization: 'Bearer abc' } },
          timeoutMs: 5_000,
          tools: [
            { name: 'find', description: 'Finds pages.', roles: ['ADMIN'], isReadOnly: true },
            { name: 'count', roles: ['ADMIN', 'MEMBER'], isReadOnly: false },
          ],
        },
        {
          name: 'files',
          access: { command: 'node', args: ['server.js'], env: { ROOT: '/srv' } },
          timeoutMs: 30_000,
          tools: [{ name: 'read', roles: ['ADMIN', 'MEMBER', 'VIEWER'], isReadOnly: false }],
        },
      ],
    });
  });

  it('may be JSON, and may be empty', () => {
    expect(
      parse('{"servers":[{"name":"a","url":"http://a.example/","tools":[{"name":"b"}]}]}').servers,
    ).toHaveLength(1);
    expect(parse('')).toEqual({ path: 'tools.yaml', servers: [], operations: [] });
  });

  it('names operations of the graph', () => {
    const { operations } = parse(`
operations:
  - name: my_chats
    description: Lists chats.
    document: "{ viewer { id } }"
    roles: [MEMBER]
  - { name: persisted, description: Runs it., id: abc, timeoutS: 5 }
`);
    expect(operations).toEqual([
      {
        name: 'my_chats',
        description: 'Lists chats.',
        roles: ['MEMBER'],
        timeoutMs: 30_000,
        source: { document: '{ viewer { id } }' },
      },
      {
        name: 'persisted',
        description: 'Runs it.',
        roles: ['ADMIN', 'MEMBER', 'VIEWER'],
        timeoutMs: 5_000,
        source: { id: 'abc' },
      },
    ]);
  });

  const server = (rest: string) => `servers:\n  - name: a\n    tools: [{ name: b }]\n${rest}`;

  it.each([
    ['servers: [', /line 1 is not valid YAML/],
    ['servers: 3', /line 1: servers: /],
    [server('    url: ftp://a.example'), /line 4: servers\.0\.url: give an http or https URL/],
    [server('    url: http://me:hidden@a.example'), /servers\.0\.url: put the password into headers/],
    [server(''), /servers\.0: give either url or command/],
    [server('    url: http://a.example\n    command: node'), /servers\.0: give either url or command/],
    [server('    command: node\n    headers: { a: hidden }'), /servers\.0: headers belong to a url/],
    [
      server('    url: http://a.example\n    headers: { Authorization: "Bearer hidden\\nx" }'),
      /servers\.0\.headers: give names and values that HTTP allows/,
    ],
    [server('    command: node\n    shell: hidden'), /servers\.0: .*shell/],
    [server('    command: node\n    roles: [OWNER]'), /servers\.0\.roles\.0: /],
    [server('    command: node\n    timeoutS: 1000'), /servers\.0\.timeoutS: /],
    [
      'servers:\n  - name: a b\n    command: c\n    tools: [{ name: b }]',
      /servers\.0\.name: give 1 to 24 letters/,
    ],
    ['servers:\n  - name: a\n    command: c\n    tools: [{ name: b.c }]', /the tool a_b\.c can't be called/],
    [
      'servers:\n  - name: a\n    command: c\n    tools: [{ name: b }, { name: b }]',
      /the tool a_b occurs twice/,
    ],
    ['operations: [{ name: a, document: b }]', /operations\.0\.description: /],
    ['operations: [{ name: a, description: b }]', /operations\.0: give either document/],
    ['operations: [{ name: a.b, description: b, id: c }]', /operations\.0\.name: give letters/],
    [
      `${server('    command: node')}\noperations: [{ name: a_b, description: c, id: d }]`,
      /the tool a_b occurs twice/,
    ],
  ])('rejects %j', (text, problem) => {
    const error = (() => {
      try {
        return parse(text);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(ToolsFileError);
    const { message } = error as Error;
    expect(message).toMatch(problem);
    expect(message).toMatch(
      /^The tools in tools\.yaml \(TOOLS_FILE\) can't be used: [^\n]+ See docs\/tools\.md\.$/,
    );
    expect(message).not.toContain('hidden');
  });

  it('must exist', async () => {
    await expect(readToolsFile('/no/such/file.yaml')).rejects.toThrow(/can't be read/);
  });
});

/** What tests read of a result. */
export interface Result {
  readonly isError?: boolean;
  readonly content: readonly { readonly type: string; readonly text?: string }[];
  readonly structuredContent?: Readonly<Record<string, unknown>>;
}

interface Answer {
  readonly id?: unknown;
  readonly result?: Result;
  readonly error?: { readonly message: string };
}

/** Sends a message to `/mcp` as an early client does, or a later one if the headers say so. */
export const postMcp = (
  url: string,
  token: string,
  message: object,
  headers: Readonly<Record<string, string>> = {},
  init: RequestInit = {},
): Promise<Response> =>
  fetch(`${url}/mcp`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      Authorization: `Bearer ${token}`,
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
    ...init,
  });

/** The headers and the `_meta` of a message of the revision 2026-07-28. */
export const laterHeaders = (method: string, name?: string) => ({
  'MCP-Protocol-Version': '2026-07-28',
  'Mcp-Method': method,
  ...(name !== undefined && { 'Mcp-Name': name }),
});
export const laterMeta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** Returns the last message of an answer, which is its result. */
export const resultIn = (text: string): Answer => {
  const last = text
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .at(-1);
  return JSON.parse(last?.slice('data: '.length) ?? text) as Answer;
};

import type { CallToolResult } from '@modelcontextprotocol/client';

/** Returns the text of a result. Content that is no text is named, because models of tools read texts only. */
export const textOf = ({ content, structuredContent }: CallToolResult): string => {
  const parts = content.map((part) => {
    if (part.type === 'text') return part.text;
    if (part.type === 'resource' && 'text' in part.resource) return part.resource.text;
    if (part.type === 'resource_link') return part.uri;
    return `[${part.type}]`;
  });
  if (parts.length === 0 && structuredContent !== undefined) return JSON.stringify(structuredContent);
  return parts.join('\n');
};

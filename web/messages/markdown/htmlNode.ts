/** A node of the HTML tree that Markdown becomes: the root, an element or a text. */
export interface HtmlNode {
  readonly type: string;
  readonly tagName?: string;
  value?: string;
  properties?: Record<string, unknown>;
  children?: HtmlNode[];
}

export const textOf = ({ value, children = [] }: HtmlNode): string => value ?? children.map(textOf).join('');

/** Whether a node is a text without any letters, such as the line break between two blocks. */
export const isBlank = ({ type, value = '' }: HtmlNode): boolean => type === 'text' && value.trim() === '';

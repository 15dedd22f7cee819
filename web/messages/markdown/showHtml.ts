interface Node {
  type: string;
  value?: string;
  children?: Node[];
  data?: { readonly hName?: string | undefined };
}

const lineBreak = /^(?:\s*<br\s*\/?>\s*)+$/i;

/** A tag without attributes. */
const plainTag = /^<(\/?)([a-z]+)>$/i;

/** The elements that pairs of tags in a line become. */
const elements = new Map([
  ['b', 'strong'],
  ['strong', 'strong'],
  ['i', 'em'],
  ['em', 'em'],
  ['s', 'del'],
  ['del', 'del'],
  ...['kbd', 'mark', 'sub', 'sup', 'u'].map((name) => [name, name] as const),
]);

/**
 * Turns `<br>`, which models write into table cells, into a line break, and pairs of plain tags such as `<sub>` into elements.
 * All other HTML becomes text.
 */
export const showHtml = (tree: Node): void => show(tree, false);

const show = (node: Node, isInText: boolean): void => {
  if (!node.children) return;
  const isText = isInText || /^(?:paragraph|heading|tableCell)$/.test(node.type);
  node.children = (isText ? paired(node.children) : node.children).map((child) => {
    show(child, isText);
    if (child.type !== 'html') return child;
    const value = child.value ?? '';
    if (!lineBreak.test(value)) return isText ? { type: 'text', value } : paragraph(linesOf(value));
    return isText ? { type: 'break' } : paragraph([{ type: 'break' }]);
  });
};

/** Puts what is between two tags of a pair into an element. */
const paired = (nodes: readonly Node[]): Node[] => {
  const result: Node[] = [];
  const open: { readonly name: string; readonly at: number }[] = [];
  for (const node of nodes) {
    const [, slash, tag = ''] = (node.type === 'html' && plainTag.exec(node.value ?? '')) || [];
    const name = tag.toLowerCase();
    const hName = elements.get(name);
    const opening = slash ? open.findLastIndex((other) => other.name === name) : -1;
    const at = open[opening]?.at;
    if (hName && at !== undefined) {
      open.length = opening;
      const [, ...children] = result.splice(at);
      result.push({ type: 'emphasis', data: { hName }, children });
      continue;
    }
    if (hName && !slash) open.push({ name, at: result.length });
    result.push(node);
  }
  return result;
};

const paragraph = (children: Node[]): Node => ({ type: 'paragraph', children });

const linesOf = (text: string): Node[] =>
  text.split('\n').flatMap((line, index) => {
    const shown = { type: 'text', value: line };
    return index === 0 ? [shown] : [{ type: 'break' }, shown];
  });

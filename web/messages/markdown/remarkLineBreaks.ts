interface Node {
  type: string;
  value?: string;
  children?: Node[];
}

const lineBreak = /^(?:\s*<br\s*\/?>\s*)+$/i;

/** Turns `<br>`, which models write into table cells, into a line break. All other HTML stays text. */
export const remarkLineBreaks = () => (tree: Node) => breakLines(tree, false);

const breakLines = (node: Node, isInText: boolean): void => {
  for (const [index, child] of (node.children ?? []).entries()) {
    if (child.type === 'html' && lineBreak.test(child.value ?? '')) {
      const broken = { type: 'break' };
      node.children?.splice(index, 1, isInText ? broken : { type: 'paragraph', children: [broken] });
    } else breakLines(child, isInText || /^(?:paragraph|heading|tableCell)$/.test(child.type));
  }
};

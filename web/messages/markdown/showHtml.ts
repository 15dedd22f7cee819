interface Node {
  type: string;
  value?: string;
  children?: Node[];
}

const lineBreak = /^(?:\s*<br\s*\/?>\s*)+$/i;

/** Turns `<br>`, which models write into table cells, into a line break. All other HTML becomes text. */
export const showHtml = (tree: Node): void => show(tree, false);

const show = (node: Node, isInText: boolean): void => {
  for (const [index, child] of (node.children ?? []).entries()) {
    if (child.type !== 'html') show(child, isInText || /^(?:paragraph|heading|tableCell)$/.test(child.type));
    else if (!lineBreak.test(child.value ?? '')) child.type = 'text';
    else {
      const broken = { type: 'break' };
      node.children?.splice(index, 1, isInText ? broken : { type: 'paragraph', children: [broken] });
    }
  }
};

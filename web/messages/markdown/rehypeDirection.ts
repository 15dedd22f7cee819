import { detectTextDirection } from 'streamdown';

interface Node {
  type: string;
  tagName?: string;
  value?: string;
  properties?: Record<string, unknown>;
  children?: Node[];
}

/** Gives each block its own text direction, so that an answer can mix languages. Code is always left to right. */
export const rehypeDirection = () => (tree: Node) => {
  for (const child of tree.children ?? []) {
    if (child.type !== 'element' || isCode(child)) continue;
    child.properties = { ...child.properties, dir: detectTextDirection(textOf(child)) };
  }
};

const isCode = ({ tagName }: Node): boolean => tagName === 'pre' || tagName === 'code';

const textOf = (node: Node): string => {
  if (node.type === 'text') return node.value ?? '';
  return isCode(node) ? '' : (node.children ?? []).map(textOf).join(' ');
};

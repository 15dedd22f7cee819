import { type CSSProperties, createElement, Fragment, type ReactNode } from 'react';
import { Citation } from '../sources/Citation.tsx';
import { CodeBlock } from './code/CodeBlock.tsx';
import { MarkdownCheckbox } from './MarkdownCheckbox.tsx';
import { MarkdownImage } from './MarkdownImage.tsx';
import { MarkdownLink } from './MarkdownLink.tsx';
import { MarkdownTable } from './MarkdownTable.tsx';
import { Formula } from './markdown/Formula.tsx';
import { type HtmlNode, isBlank, textOf } from './markdown/htmlNode.ts';

/** The elements that are rendered as they are. */
const plainTags = new Set(
  'blockquote br del em h1 h2 h3 h4 h5 h6 hr kbd li mark ol p section strong sub sup tbody td th thead tr u ul'.split(
    ' ',
  ),
);

/**
 * Renders the tree of Markdown. A model's text is not trusted: only known elements are rendered, and only with the
 * attributes that are named here. Of all others, the content is shown.
 */
export const renderMarkdown = (tree: HtmlNode, hasOpenCode: boolean): ReactNode =>
  createElement(Fragment, null, ...childrenOf(tree, { hasOpenCode, isInLink: false }));

/** Where a node stands. */
interface Place {
  /** Whether the code of this text is still being written. */
  readonly hasOpenCode: boolean;
  readonly isInLink: boolean;
}

const childrenOf = (node: HtmlNode, place: Place): ReactNode[] =>
  shownChildrenOf(node).map((child) => render(child, place));

const render = (node: HtmlNode, place: Place): ReactNode => {
  if (node.type === 'text') return node.value;
  const { tagName = '', properties = {} } = node;
  if (tagName === 'code') return inlineCodeOf(node);
  if (tagName === 'pre') return codeBlockOf(node, place.hasOpenCode);
  const children = childrenOf(node, tagName === 'a' ? { ...place, isInLink: true } : place);
  if (plainTags.has(tagName)) {
    // Footnotes of which none is written yet.
    if (tagName === 'section' && !node.children?.some(hasNotes)) return null;
    return createElement(tagName, attributesOf(properties), ...children);
  }
  switch (tagName) {
    case 'a': {
      const { href, title, id, ariaLabel } = properties;
      const props = { href: stringOf(href) ?? '', title: stringOf(title), id: stringOf(id) };
      return createElement(MarkdownLink, { ...props, label: stringOf(ariaLabel) }, ...children);
    }
    case 'button':
      // Only citations become buttons: tags in the text are shown as text.
      return createElement(Citation, { number: Number(properties.value) }, ...children);
    case 'img':
      return (
        <MarkdownImage
          src={stringOf(properties.src) ?? ''}
          alt={stringOf(properties.alt) ?? ''}
          isInLink={place.isInLink}
        />
      );
    case 'input':
      return <MarkdownCheckbox isChecked={properties.checked === true} />;
    case 'table':
      return createElement(MarkdownTable, { dir: stringOf(properties.dir) }, ...children);
    default:
      return createElement(Fragment, null, ...children);
  }
};

const shownChildrenOf = (node: HtmlNode): readonly HtmlNode[] => {
  const { tagName = '', children = [] } = node;
  // React warns of texts between the rows and cells of a table.
  if (/^(?:table|thead|tbody|tr)$/.test(tagName)) return children.filter((child) => !isBlank(child));
  if (tagName === 'section') return children.map(withoutEmptyNotes);
  if (tagName !== 'li') return children;
  // An item of a single paragraph looks the same, whether or not an empty line stands before the next one.
  const [only, ...others] = children.filter((child) => !isBlank(child));
  return only?.tagName === 'p' && others.length === 0 ? (only.children ?? []) : children;
};

const withoutEmptyNotes = (list: HtmlNode): HtmlNode =>
  list.tagName === 'ol'
    ? { ...list, children: (list.children ?? []).filter((note) => note.tagName !== 'li' || hasContent(note)) }
    : list;

const hasNotes = ({ tagName, children = [] }: HtmlNode): boolean =>
  tagName === 'ol' && children.some(hasContent);

/** Whether a footnote says anything, besides its links back. */
const hasContent = (node: HtmlNode): boolean => {
  if (node.type === 'text') return !isBlank(node);
  if (node.properties && 'dataFootnoteBackref' in node.properties) return false;
  return node.tagName === 'img' || (node.children ?? []).some(hasContent);
};

const attributesOf = ({ id, dir, start, align, className, dataFootnotes }: Record<string, unknown>) => ({
  id: stringOf(id),
  dir: stringOf(dir),
  start: typeof start === 'number' ? start : undefined,
  style: typeof align === 'string' ? ({ textAlign: align } as CSSProperties) : undefined,
  // The name of the footnotes is only for screen readers.
  className: hasClass(className, 'sr-only') ? 'sr-only' : undefined,
  'data-footnotes': dataFootnotes === true ? true : undefined,
});

const stringOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const hasClass = (className: unknown, name: string): boolean =>
  Array.isArray(className) && className.includes(name);

/** Inline code or a formula. */
const inlineCodeOf = (node: HtmlNode): ReactNode => {
  const className = node.properties?.className;
  if (!hasClass(className, 'language-math')) return <code dir="ltr">{textOf(node)}</code>;
  return <Formula tex={textOf(node).trim()} isDisplay={hasClass(className, 'language-display')} />;
};

const codeBlockOf = (node: HtmlNode, isOpen: boolean): ReactNode => {
  const className = node.children?.[0]?.properties?.className;
  const [language = ''] = Array.isArray(className) ? className.map(languageOf) : [];
  const code = textOf(node);
  if (language === 'math' && !isOpen) return <Formula tex={code.trim()} isDisplay />;
  return <CodeBlock code={code} language={language} isIncomplete={isOpen} />;
};

const languageOf = (name: unknown): string => String(name).replace(/^language-/, '');

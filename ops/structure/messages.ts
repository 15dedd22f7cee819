import { type NodePath, traverse, types } from '@babel/core';
import type { Source } from './source.ts';

/** Names that are the same in every language. */
const names: ReadonlySet<string> = new Set(['Ziggie', 'JSON', 'Markdown', 'REST']);

/** Elements whose text is code. */
const codeElements: ReadonlySet<string> = new Set(['code', 'kbd', 'pre', 'samp', 'style']);

/** The attributes of HTML that people see or hear. */
const textAttributes: ReadonlySet<string> = new Set(['aria-label', 'title', 'placeholder', 'alt']);

/** Properties of objects that are texts, as in tables of choices. */
const textProperties: ReadonlySet<string> = new Set(['label', 'hint', 'title', 'description', 'placeholder']);

/** Functions of the web app whose argument people see or hear: a text, or an object with texts. */
const textFunctions: ReadonlySet<string> = new Set(['announce', 'notify', 'setProblem', 'useTitle']);

/** Macros that translate where they are evaluated. `msg` doesn't. */
const translating: ReadonlySet<string> = new Set([
  't',
  'plural',
  'select',
  'selectOrdinal',
  'Trans',
  'Plural',
  'Select',
  'SelectOrdinal',
]);

const macros = /^@lingui\/(core|react)\/macro$/;

/** Returns the names of the props that are texts, by the types of components: a string or a `ReactNode`. */
export const textPropsOf = (sources: readonly Pick<Source, 'tree'>[]): ReadonlySet<string> => {
  const props = new Set<string>();
  const isText = (type: types.Node): boolean =>
    type.type === 'TSStringKeyword' ||
    (type.type === 'TSUnionType' && type.types.some(isText)) ||
    (type.type === 'TSTypeReference' &&
      type.typeName.type === 'Identifier' &&
      type.typeName.name === 'ReactNode');
  for (const { tree } of sources) {
    traverse(tree, {
      TSPropertySignature({ node: { key, typeAnnotation } }) {
        if (key.type !== 'Identifier' || !typeAnnotation || /Class$|^className$|Id$/.test(key.name)) return;
        if (isText(typeAnnotation.typeAnnotation)) props.add(key.name);
      },
    });
  }
  return props;
};

/** Returns what can't be translated in a file, as `line: problem`. `textProps` are the props of components that are texts. */
export const problemsIn = (
  { tree }: Pick<Source, 'tree'>,
  textProps: ReadonlySet<string>,
): readonly string[] => {
  const problems: { readonly line: number; readonly problem: string }[] = [];
  const report = ({ loc }: types.Node, problem: string) =>
    problems.push({ line: loc?.start.line ?? 0, problem });
  const reportTexts = (node: types.Node, where: string) => {
    for (const text of literalsIn(node)) report(text, `a text ${where} is not translated: ${shown(text)}`);
  };
  const reportClasses = (node: types.Node, text: string) => {
    for (const name of physicalClassesIn(text)) report(node, `${name} is not mirrored`);
  };
  traverse(tree, {
    JSXText(path) {
      if (isText(path.node.value) && !isInMessage(path) && !isInCode(path))
        report(path.node, `a text between tags is not translated: ${shown(path.node)}`);
    },
    JSXExpressionContainer(path) {
      if (path.parent.type === 'JSXAttribute' || isInMessage(path) || isInCode(path)) return;
      reportTexts(path.node.expression, 'between tags');
    },
    JSXAttribute({ node: { name, value } }) {
      if (name.type !== 'JSXIdentifier' || !value) return;
      if (textAttributes.has(name.name) || textProps.has(name.name))
        reportTexts(value.type === 'JSXExpressionContainer' ? value.expression : value, `of ${name.name}`);
    },
    ObjectProperty({ node: { key, value } }) {
      if (key.type === 'Identifier' && textProperties.has(key.name)) reportTexts(value, `of ${key.name}`);
    },
    CallExpression(path) {
      const { callee, arguments: given } = path.node;
      if (callee.type === 'Identifier' && textFunctions.has(callee.name) && given[0])
        reportTexts(given[0], `for ${callee.name}`);
      if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return;
      const method = callee.property.name;
      const isTranslating =
        callee.object.type === 'Identifier' && callee.object.name === 'i18n' && /^[_t]$/.test(method);
      if (isTranslating && isAtModuleLevel(path))
        report(callee, 'i18n is evaluated before a language is loaded');
      const isFormat = /^toLocale\w*String$/.test(method) || isIntl(callee);
      if (isFormat && isFixedLocale(given[0])) report(callee, `${method} has no or a fixed locale`);
    },
    NewExpression({ node: { callee, arguments: given } }) {
      if (callee.type === 'MemberExpression' && isIntl(callee) && isFixedLocale(given[0]))
        report(callee, 'Intl has no or a fixed locale');
    },
    ImportSpecifier(path) {
      const { parent, node } = path;
      const imported = node.imported.type === 'Identifier' ? node.imported.name : node.imported.value;
      if (parent.type !== 'ImportDeclaration' || !macros.test(parent.source.value)) return;
      if (!translating.has(imported)) return;
      for (const use of path.scope.getBinding(node.local.name)?.referencePaths ?? [])
        if (isAtModuleLevel(use) && use.parent.type !== 'JSXClosingElement')
          report(use.node, `${imported} is evaluated before a language is loaded`);
    },
    StringLiteral({ node, parent }) {
      if (parent.type !== 'ImportDeclaration') reportClasses(node, node.value);
    },
    TemplateLiteral({ node, parent }) {
      if (parent.type === 'TaggedTemplateExpression') return;
      reportClasses(node, node.quasis.map(({ value }) => value.raw).join(' '));
    },
  });
  return problems
    .toSorted((one, other) => one.line - other.line)
    .map(({ line, problem }) => `${line}: ${problem}`);
};

/** Whether a text has words: no name, and no address, path or id, which have no space. */
const isText = (text: string): boolean => {
  const trimmed = text.trim();
  return /\p{L}/u.test(trimmed) && !names.has(trimmed) && !/^[^\s:/._]*[:/._]\S+$/.test(trimmed);
};

/** Returns the literals with words that an expression can have as its value. */
const literalsIn = (node: types.Node | null | undefined): readonly types.Node[] => {
  switch (node?.type) {
    case 'StringLiteral':
      return isText(node.value) ? [node] : [];
    case 'TemplateLiteral':
      return node.quasis.some(({ value }) => isText(value.raw))
        ? [node]
        : node.expressions.flatMap(literalsIn);
    case 'ConditionalExpression':
      return [node.consequent, node.alternate].flatMap(literalsIn);
    case 'LogicalExpression':
      return [...(node.operator === '&&' ? [] : literalsIn(node.left)), ...literalsIn(node.right)];
    case 'BinaryExpression':
      return node.operator === '+' ? [node.left, node.right].flatMap(literalsIn) : [];
    case 'ArrayExpression':
      return node.elements.flatMap(literalsIn);
    case 'ObjectExpression':
      return node.properties.flatMap((property) =>
        property.type === 'ObjectProperty' &&
        property.key.type === 'Identifier' &&
        property.key.name === 'text'
          ? literalsIn(property.value)
          : [],
      );
    case 'CallExpression': {
      if (node.callee.type !== 'MemberExpression' || node.callee.property.type !== 'Identifier') return [];
      const texts = literalsIn(node.callee.object);
      // `['Read', 'Written'].map(…)` are texts, and `['top', 'bottom'].map(…)` are not.
      return node.callee.property.name === 'map'
        ? texts.filter((text) => /^\p{Lu}/u.test(shown(text)))
        : texts;
    }
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
    case 'ParenthesizedExpression':
      return literalsIn(node.expression);
    default:
      return [];
  }
};

const shown = (node: types.Node): string => {
  const text =
    node.type === 'TemplateLiteral'
      ? node.quasis.map(({ value }) => value.raw).join('…')
      : 'value' in node
        ? String(node.value)
        : '';
  return text.trim().replace(/\s+/g, ' ').slice(0, 60);
};

const elementName = ({ node }: NodePath): string | null =>
  node.type === 'JSXElement' && node.openingElement.name.type === 'JSXIdentifier'
    ? node.openingElement.name.name
    : null;

const isInMessage = (path: NodePath): boolean =>
  path.findParent((above) => {
    const name = elementName(above);
    const declared = name === null ? undefined : above.scope.getBinding(name)?.path.parent;
    return declared?.type === 'ImportDeclaration' && macros.test(declared.source.value);
  }) !== null;

const isInCode = (path: NodePath): boolean =>
  path.findParent((above) => codeElements.has(elementName(above) ?? '')) !== null;

const isIntl = ({ object }: types.MemberExpression): boolean =>
  object.type === 'Identifier' && object.name === 'Intl';

const isFixedLocale = (locale: types.Node | undefined): boolean =>
  locale === undefined ||
  (locale.type === 'Identifier' && locale.name === 'undefined') ||
  locale.type === 'StringLiteral' ||
  locale.type === 'NullLiteral' ||
  (locale.type === 'TemplateLiteral' && locale.expressions.length === 0) ||
  (locale.type === 'ArrayExpression' &&
    locale.elements.every((element) => isFixedLocale(element ?? undefined)));

/** Whether code runs while its module loads: in no function, and in no property of a class that is set when it is created. */
const isAtModuleLevel = (path: NodePath): boolean =>
  path.findParent(({ node }) => types.isFunction(node) || (types.isClassProperty(node) && !node.static)) ===
  null;

const physicalClass =
  /(?:^|:)[-!]*((?:[mp][lr]|left|right)-(?:\d|\[|\(|auto\b|full\b|px\b)\S*|text-(?:left|right)|(?:border|rounded)-[lr](?:-\S+)?)$/;

/** Returns the classes of Tailwind that name a physical side, except those of things that are centred. */
const physicalClassesIn = (text: string): readonly string[] =>
  text.split(/\s+/).filter((name) => {
    const found = physicalClass.exec(name)?.[1];
    if (found === undefined) return false;
    return !(found === 'left-1/2' && /(^|\s)-translate-(x-)?1\/2(\s|$)/.test(text));
  });

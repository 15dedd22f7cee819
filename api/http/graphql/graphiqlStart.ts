/**
 * Returns the script that starts GraphiQL in its page. A link with `?query=`, and optionally `variables` and
 * `operationName` as in a GET of GraphQL over HTTP, opens as a tab; the cursor is in the named operation, so that it runs.
 * Without a link, the last tabs or the examples open.
 *
 * The script writes the tabs to GraphiQL's local storage: GraphiQL itself would replace the first tab by a link, and
 * ignore its variables.
 */
export const startGraphiQL = (options: object, examples: object): string => `
const storageKey = 'graphiql:tabState';
const address = new URL(location.href);

const operation = /^(?!#).*(?:query|subscription|mutation)\\s+(\\w+)/m;
const tabOf = ({ query, variables, operationName }) => {
  const name = operationName ?? operation.exec(query)?.[1] ?? null;
  return {
    id: String(Math.random()),
    hash: null,
    title: name ?? '<untitled>',
    query,
    variables,
    headers: null,
    operationName: name,
    response: null,
  };
};

const readTabs = () => {
  try {
    const { tabs, activeTabIndex } = JSON.parse(localStorage.getItem(storageKey));
    if (tabs[activeTabIndex]) return { tabs, activeTabIndex };
  } catch {}
  return { tabs: [{ ...tabOf(${jsonInScript(examples)}), title: 'Examples' }], activeTabIndex: 0 };
};

const openLink = ({ tabs, activeTabIndex }) => {
  const [query, variables, operationName] = ['query', 'variables', 'operationName'].map((name) =>
    address.searchParams.get(name),
  );
  if (!query) return { tabs, activeTabIndex };
  const isSame = (tab) => tab.query === query && (variables === null || tab.variables === variables);
  const index = tabs.findIndex(isSame);
  if (index >= 0) return { tabs, activeTabIndex: index };
  return { tabs: [...tabs, tabOf({ query, variables, operationName })], activeTabIndex: tabs.length };
};

/** Returns a listener for created editors, which puts the cursor of the operation editor into an operation. */
const placeCursorIn = (operationName) => (editor) =>
  queueMicrotask(() => {
    const text = editor.getModel();
    if (text?.getLanguageId() !== 'graphql') return;
    const pattern = '\\\\b(?:query|mutation|subscription)\\\\s+' + operationName + '\\\\b';
    const found = text.findNextMatch(pattern, { lineNumber: 1, column: 1 }, true, true, null, false);
    if (!found) return;
    editor.setPosition(found.range.getStartPosition());
    editor.revealLineInCenterIfOutsideViewport(found.range.startLineNumber);
    editor.focus();
  });

const state = openLink(readTabs());
const { query, variables } = state.tabs[state.activeTabIndex];
const wanted = address.searchParams.get('operationName');
if (/^\\w+$/.test(wanted ?? '')) monaco.editor.onDidCreateEditor(placeCursorIn(wanted));
try {
  localStorage.setItem(storageKey, JSON.stringify(state));
} catch {}

YogaGraphiQL.renderYogaGraphiQL(document.querySelector('#root'), {
  ...${jsonInScript(options)},
  defaultTabs: [{ query, variables }],
  initialQuery: query ?? '',
  initialVariables: variables ?? '',
  // Makes the page's URL a link to the query, but not the variables: secrets would stay in the browser's history.
  onEditQuery(edited) {
    address.search = new URLSearchParams({ query: edited });
    history.replaceState(null, '', address);
  },
});
`;

/** Returns JSON that is safe within an inline script: no `<` in it can end the script. */
export const jsonInScript = (value: object): string => JSON.stringify(value).replaceAll('<', '\\u003c');

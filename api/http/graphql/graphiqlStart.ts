/**
 * Runs in GraphiQL's page, and starts it. A link opens as a tab: `?query=`, with `variables` and `operationName` where it
 * has them, as GraphQL over HTTP has them in a GET; the cursor stands in the operation that is named, so that this is
 * what runs. Else what was open the last time opens again, or the examples.
 *
 * It writes the tabs to where GraphiQL keeps them: GraphiQL itself would open a link in the place of the first tab, and
 * take no variables from it.
 */
export const startGraphiQL = (options: object, examples: object): string => `
const kept = 'graphiql:tabState';
const address = new URL(location.href);

const named = /^(?!#).*(?:query|subscription|mutation)\\s+(\\w+)/m;
const tabOf = ({ query, variables, operationName }) => {
  const chosen = operationName ?? named.exec(query)?.[1] ?? null;
  return {
    id: String(Math.random()),
    hash: null,
    title: chosen ?? '<untitled>',
    query,
    variables,
    headers: null,
    operationName: chosen,
    response: null,
  };
};

const readTabs = () => {
  try {
    const { tabs, activeTabIndex } = JSON.parse(localStorage.getItem(kept));
    if (tabs[activeTabIndex]) return { tabs, activeTabIndex };
  } catch {}
  return { tabs: [{ ...tabOf(${jsonInScript(examples)}), title: 'Examples' }], activeTabIndex: 0 };
};

const openLink = ({ tabs, activeTabIndex }) => {
  const [query, variables, operationName] = ['query', 'variables', 'operationName'].map((name) =>
    address.searchParams.get(name),
  );
  if (!query) return { tabs, activeTabIndex };
  const isIt = (tab) => tab.query === query && (variables === null || tab.variables === variables);
  const at = tabs.findIndex(isIt);
  if (at >= 0) return { tabs, activeTabIndex: at };
  return { tabs: [...tabs, tabOf({ query, variables, operationName })], activeTabIndex: tabs.length };
};

/** A listener for each editor that is made: the one for operations is made once. */
const standIn = (operationName) => (editor) =>
  queueMicrotask(() => {
    const text = editor.getModel();
    if (text?.getLanguageId() !== 'graphql') return;
    const its = '\\\\b(?:query|mutation|subscription)\\\\s+' + operationName + '\\\\b';
    const found = text.findNextMatch(its, { lineNumber: 1, column: 1 }, true, true, null, false);
    if (!found) return;
    editor.setPosition(found.range.getStartPosition());
    editor.revealLineInCenterIfOutsideViewport(found.range.startLineNumber);
    editor.focus();
  });

const state = openLink(readTabs());
const { query, variables } = state.tabs[state.activeTabIndex];
const wanted = address.searchParams.get('operationName');
if (/^\\w+$/.test(wanted ?? '')) monaco.editor.onDidCreateEditor(standIn(wanted));
try {
  localStorage.setItem(kept, JSON.stringify(state));
} catch {}

YogaGraphiQL.renderYogaGraphiQL(document.querySelector('#root'), {
  ...${jsonInScript(options)},
  defaultTabs: [{ query, variables }],
  initialQuery: query ?? '',
  initialVariables: variables ?? '',
  // The address is a link to what is written. Variables may be secret, and would stay in the browser's history.
  onEditQuery(written) {
    address.search = new URLSearchParams({ query: written });
    history.replaceState(null, '', address);
  },
});
`;

/** JSON that can stand in a script within a page: nothing in it ends the script. */
export const jsonInScript = (value: object): string => JSON.stringify(value).replaceAll('<', '\\u003c');

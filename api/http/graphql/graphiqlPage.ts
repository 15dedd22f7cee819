import { examples } from './graphiqlExamples.ts';
import { jsonInScript, startGraphiQL } from './graphiqlStart.ts';

const logo =
  '<svg viewBox="0 0 32 32" width="26" aria-hidden="true"><rect width="32" height="32" rx="9" fill="#17635d"/>' +
  '<path d="M10 10.5h12L10 21.5h12" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/></svg>';

const options = {
  title: 'Ziggie LLM',
  logo,
  credentials: 'same-origin',
  // Each subscription is a separate request, so it has the current cookie and the headers of its tab.
  subscriptionsProtocol: 'SSE',
  shouldPersistHeaders: false,
} as const;

/**
 * What GraphiQL lacks. It expects to be alone on its page. Its title, and the comments and line numbers of its dark theme, have
 * too little contrast. Its columns have no room on a phone: there, the response is below the operation, and the buttons of the
 * side are at the bottom.
 */
const style = `
main { height: 100%; }
.only-heard { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.graphiql-logo > div > span { color: hsl(var(--color-neutral)); }
@media (prefers-color-scheme: dark) {
  body:not(.graphiql-light) .monaco-editor .line-numbers { color: #a8b0bd !important; }
  body:not(.graphiql-light) .monaco-editor .mtk8 { color: #8fbf77; }
}
@media (max-width: 40rem) {
  .graphiql-container { flex-direction: column-reverse; height: 100dvh; }
  .graphiql-container .graphiql-sidebar { flex-direction: row; width: 100%; }
  .graphiql-container .graphiql-main { flex-direction: column; min-height: 0; }
  .graphiql-container .graphiql-main > .graphiql-horizontal-drag-bar, #graphiql-session > .graphiql-horizontal-drag-bar { display: none; }
  .graphiql-container .graphiql-sessions { margin: 8px 8px 0; min-height: 0; }
  .graphiql-container #graphiql-session { flex-direction: column; min-height: 0; }
  .graphiql-container #graphiql-session > * { flex: 1 1 0 !important; min-height: 0; }
}
`;

/** Returns GraphiQL as one HTML page of 9 MB. `basePath` is the path of `PUBLIC_URL`, which may be empty. */
export const renderGraphiQLPage = async (basePath: string): Promise<string> => {
  const parts = await import('@graphql-yoga/render-graphiql/graphiql');
  const workers = {
    editorWorkerService: parts.editorWorkerService,
    json: parts.jsonWorker,
    graphql: parts.graphqlWorker,
  };
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>GraphiQL · Ziggie</title>
<link rel="icon" href="${basePath}/favicon.svg">
<style>${parts.css}${style}</style>
</head>
<body class="no-focus-outline">
<noscript>GraphiQL needs JavaScript.</noscript>
<main><h1 class="only-heard">GraphiQL</h1><div id="root"></div></main>
<script>
const workers = Object.fromEntries(
  Object.entries(${jsonInScript(workers)}).map(([label, code]) => [
    label,
    URL.createObjectURL(new Blob([code], { type: 'text/javascript' })),
  ]),
);
self.MonacoEnvironment = { globalAPI: true, getWorkerUrl: (_module, label) => workers[label] };
${parts.js};
${startGraphiQL({ ...options, endpoint: `${basePath}/graphql` }, examples)}
</script>
</body>
</html>
`;
};

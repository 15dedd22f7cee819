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
<style>${parts.css}</style>
</head>
<body class="no-focus-outline">
<noscript>GraphiQL needs JavaScript.</noscript>
<div id="root"></div>
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

/** The page at `/docs`. Addresses are relative, since the service may be below a path. */
export const docsPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>REST · Ziggie</title>
<link rel="icon" href="favicon.svg">
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="stylesheet" href="docs/theme.css">
</head>
<body>
<header class="way-back"><a href="./">Ziggie</a> <a href="graphql">GraphiQL</a></header>
<div id="docs"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`;

/**
 * Starts Swagger UI in the theme that the web app keeps, and adds what a screen reader needs: Swagger UI puts links into buttons,
 * skips a level of headings, and names neither the field for the server nor the parts of the page.
 */
export const docsStart = `
const stored = () => {
  try {
    return localStorage.getItem('ziggie.theme');
  } catch {
    return null;
  }
};
const system = matchMedia('(prefers-color-scheme: dark)');
const showTheme = () => {
  const choice = stored();
  const isDark = choice === 'dark' || (choice !== 'light' && system.matches);
  document.documentElement.classList.toggle('dark-mode', isDark);
};
showTheme();
system.addEventListener('change', showTheme);
addEventListener('storage', showTheme);

const levels = { 'h2.title': '1', 'h3.opblock-tag': '2', 'section.models h4': '2' };
const regions = { '.information-container': 'About', '.schemes-server-container': 'Server and keys' };
const mend = () => {
  for (const [selector, level] of Object.entries(levels)) {
    for (const heading of document.querySelectorAll(selector + ':not([aria-level])')) {
      heading.setAttribute('role', 'heading');
      heading.setAttribute('aria-level', level);
    }
  }
  for (const [selector, label] of Object.entries(regions)) {
    const region = document.querySelector(selector);
    region?.setAttribute('role', 'region');
    region?.setAttribute('aria-label', label);
  }
  document.querySelector('select#servers')?.setAttribute('aria-label', 'Server');
};
new MutationObserver(mend).observe(document.getElementById('docs'), { childList: true, subtree: true });

const plainPaths = () => ({
  wrapComponents: {
    DeepLink: (_link, { React }) => ({ text }) => React.createElement('span', null, text),
  },
});

SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  // Else Swagger UI sends the document to its validator on the internet.
  validatorUrl: null,
  plugins: [plainPaths],
});
`;

/** The web app's colours, with the contrast that Swagger UI's own lack. */
export const docsTheme = `
:root {
  --canvas: oklch(1 0 0);
  --ink: oklch(0.235 0.012 190);
  --muted: oklch(0.42 0.012 190);
  --line: oklch(0.905 0.005 180);
  --accent: oklch(0.46 0.078 188);
  --get: oklch(0.45 0.11 250);
  --post: oklch(0.45 0.09 165);
  --put: oklch(0.47 0.1 65);
  --delete: oklch(0.47 0.17 27);
}
:root.dark-mode {
  --canvas: oklch(0.205 0.007 190);
  --ink: oklch(0.93 0.005 190);
  --muted: oklch(0.78 0.01 190);
  --line: oklch(0.305 0.009 190);
  --accent: oklch(0.8 0.085 188);
}
html, body { background: var(--canvas); color: var(--ink); }
body { margin: 0; font-family: ui-sans-serif, system-ui, -apple-system, "Segoe UI", sans-serif; }
.way-back { display: flex; gap: 1.25rem; max-width: 1460px; margin: 0 auto; padding: 0.5rem 20px; }
.way-back a { padding: 0.75rem 0; color: var(--accent); font-weight: 600; text-underline-offset: 4px; }
.swagger-ui, .swagger-ui .info .title, .swagger-ui .opblock-tag, .swagger-ui .info li, .swagger-ui .info p,
.swagger-ui .info table, .swagger-ui table thead tr th, .swagger-ui table thead tr td, .swagger-ui section.models h4,
.swagger-ui .opblock .opblock-summary-path, .swagger-ui .opblock .opblock-summary-description,
.swagger-ui .opblock-description-wrapper p, .swagger-ui .response-col_status, .swagger-ui .parameter__name,
.swagger-ui .scheme-container .schemes > label, .swagger-ui label { color: var(--ink); font-family: inherit; }
.swagger-ui .info { margin: 1.5rem 0; }
.swagger-ui .info .title { font-size: 1.75rem; letter-spacing: -0.015em; }
.swagger-ui .info .title small, .swagger-ui .info .title small.version-stamp { background: oklch(0.42 0.02 190); }
.swagger-ui .info .title small pre { color: #fff; }
.swagger-ui .info a, .swagger-ui .info .link, .swagger-ui a.nostyle:focus-visible { color: var(--accent); }
.swagger-ui .scheme-container { background: none; box-shadow: none; border-bottom: 1px solid var(--line); padding: 1rem 0; }
.swagger-ui .opblock-tag { border-color: var(--line); font-size: 1.25rem; }
.swagger-ui .opblock { border-radius: 10px; box-shadow: none; }
.swagger-ui .opblock .opblock-summary-method { border-radius: 7px; color: #fff; text-shadow: none; }
.swagger-ui .opblock.opblock-get .opblock-summary-method { background: var(--get); }
.swagger-ui .opblock.opblock-post .opblock-summary-method { background: var(--post); }
.swagger-ui .opblock.opblock-put .opblock-summary-method,
.swagger-ui .opblock.opblock-patch .opblock-summary-method { background: var(--put); }
.swagger-ui .opblock.opblock-delete .opblock-summary-method { background: var(--delete); }
.swagger-ui .btn.authorize { border-color: var(--accent); color: var(--accent); }
.swagger-ui .btn.authorize svg { fill: var(--accent); }
.swagger-ui .parameter__type, .swagger-ui .parameter__in, .swagger-ui .prop-type, .swagger-ui .prop-format,
.swagger-ui .json-schema-2020-12-expand-deep-button { color: var(--muted); }
@media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
`;

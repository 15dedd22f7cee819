/**
 * Returns the page of a preview's frame. The frame has an opaque origin and inherits the policy of the app; this policy
 * restricts it further: nothing is fetched, not even the address of a host is looked up, and only `scripts` run.
 */
export const framePage = (body: string, scripts: readonly string[], isDark: boolean): string => {
  const policy = [
    "default-src 'none'",
    `script-src ${scripts.length > 0 ? scripts.join(' ') : "'none'"}`,
    "style-src 'unsafe-inline'",
    'img-src data:',
    'font-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const [background, ink] = isDark ? ['#1a1b1e', '#ececef'] : ['#fff', '#1a1a1a'];
  return `<!doctype html><html><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta http-equiv="x-dns-prefetch-control" content="off">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width">
<style>html{background:${background};color:${ink};color-scheme:${isDark ? 'dark' : 'light'};font-family:system-ui,sans-serif}</style>
${scripts.map((address) => `<script src="${address}" defer></script>`).join('')}</head><body>${body}`;
};

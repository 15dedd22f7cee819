// Runs in the sandboxed frame of a diagram's preview, after the library. Its origin is opaque, so it can't name the
// origin of the page that contains it.
(() => {
  const say = (message) => parent.postMessage(message, '*');
  // The library did not load. The page says so in the reader's language when this frame doesn't get ready.
  if (typeof mermaid === 'undefined') return;
  addEventListener('message', async ({ source, data }) => {
    if (source !== parent || typeof data?.code !== 'string') return;
    mermaid.initialize({
      startOnLoad: false,
      securityLevel: 'strict',
      suppressErrorRendering: true,
      theme: data.dark ? 'dark' : 'default',
    });
    try {
      const { svg } = await mermaid.render('diagram', data.code);
      document.body.innerHTML = svg;
      say({ kind: 'drawn', height: document.documentElement.scrollHeight });
    } catch (error) {
      say({ kind: 'failed', text: String(error?.message ?? error) });
    }
  });
  say({ kind: 'ready' });
})();

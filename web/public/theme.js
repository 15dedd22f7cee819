// Runs before the first paint, so that a page never shows the other theme for a moment. A file and not an inline
// script, because the content security policy lets no inline script run.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem('ziggie.theme');
  } catch {
    // Storage may be forbidden; the system's theme holds then.
  }
  const dark =
    chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.classList.toggle('dark', dark);
})();

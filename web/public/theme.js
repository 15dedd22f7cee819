// Runs before the first paint, so that a page never flashes in the other theme. It is a file because the content
// security policy forbids inline scripts.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem('ziggie.theme');
  } catch {
    // Storage may be blocked; then the system's theme applies.
  }
  const dark =
    chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  const root = document.documentElement;
  root.classList.toggle('dark', dark);
  // These pages have no sidebar, whose outline is shown until the app has loaded.
  root.classList.toggle('is-plain', /^\/(login|invite|reset)(\/|$)/.test(location.pathname));
})();

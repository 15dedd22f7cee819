// Runs before the first paint, so that a page never flashes in the other theme or direction. It is a file because the
// content security policy forbids inline scripts.
(() => {
  let chosen = null;
  let language = null;
  try {
    chosen = localStorage.getItem('ziggie.theme');
    language = localStorage.getItem('ziggie.language');
  } catch {
    // Storage may be blocked; then the system's theme and the browser's languages apply.
  }
  const dark =
    chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  const root = document.documentElement;
  root.classList.toggle('dark', dark);
  // As the web app does it: a test compares both.
  const directions = { en: 'ltr', de: 'ltr', ar: 'rtl' };
  const wanted = [language ?? '', ...navigator.languages].map((tag) => tag.toLowerCase().split('-')[0]);
  root.lang = wanted.find((code) => Object.hasOwn(directions, code)) ?? 'en';
  root.dir = directions[root.lang];
  // These pages have no sidebar, whose outline is shown until the app has loaded.
  root.classList.toggle('is-plain', /^\/(login|invite|reset)(\/|$)/.test(location.pathname));
})();

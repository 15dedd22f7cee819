// Serves the frame of the app while the server is unreachable. It stores the one page, which is the same for everybody,
// and the code: nothing of a user. Requests to the API, and all others, don't pass through it.
const root = new URL('./', self.location.href);
const shellCache = 'ziggie-shell';
const codePrefix = 'ziggie-code-';
/** Addresses of the server that are not the app. */
const notApp = /^(?:api|v1|graphql|docs|health|metrics|openapi\.json|assets|icons)(?:[/?]|$)/;

const scriptsIn = (html) =>
  [...html.matchAll(/(?:src|href)="([^"]*\/assets\/[^"]+)"/g)].map(([, path]) => path);
const versionOf = (html) => scriptsIn(html).find((path) => path.endsWith('.js'));

/** The statuses of a proxy in front of a server that is starting or down. */
const unavailable = [502, 503, 504];

const storedShell = async () => (await caches.open(shellCache)).match(root.href);

const codeCache = async () => {
  const shell = await storedShell();
  const version = shell && versionOf(await shell.text());
  return version ? caches.open(codePrefix + version) : null;
};

/** Fetches the page and its code, and keeps the code of the version before, which another tab may still run. */
const update = async () => {
  const response = await fetch(root, { cache: 'no-store', headers: { accept: 'text/html' } });
  const html = response.ok && !response.redirected ? await response.clone().text() : '';
  const version = versionOf(html);
  if (!version) return;
  const before = await storedShell();
  const previous = before && versionOf(await before.text());
  const others = [`${root.href}theme.js`, `${root.href}favicon.svg`];
  const code = await caches.open(codePrefix + version);
  await code.addAll([...new Set([...scriptsIn(html).map((path) => new URL(path, root).href), ...others])]);
  await (await caches.open(shellCache)).put(root.href, response);
  const kept = [shellCache, codePrefix + version, codePrefix + previous];
  for (const name of await caches.keys()) {
    if (name.startsWith('ziggie-') && !kept.includes(name)) await caches.delete(name);
  }
};

/** Updates what is stored if the server answered with another version. */
const compare = async (response) => {
  if (!response.ok || !response.headers.get('content-type')?.startsWith('text/html')) return;
  const version = versionOf(await response.text());
  const shell = await storedShell();
  if (version && (!shell || versionOf(await shell.text()) !== version)) await update();
};

const page = async (event) => {
  try {
    const response = await fetch(event.request);
    if (unavailable.includes(response.status)) return (await storedShell()) ?? response;
    event.waitUntil(compare(response.clone()).catch(() => {}));
    return response;
  } catch (error) {
    const shell = await storedShell();
    if (shell) return shell;
    throw error;
  }
};

/** The names of assets have a hash of their content, so a stored one never is outdated. */
const asset = async (event) => {
  const stored = await caches.match(event.request.url);
  if (stored) return stored;
  const response = await fetch(event.request);
  if (response.ok) {
    const copy = response.clone();
    event.waitUntil(
      codeCache()
        .then((cache) => cache?.put(event.request.url, copy))
        .catch(() => {}),
    );
  }
  return response;
};

/** The other files of the page, which keep their names: the latest one, or else the stored one. */
const file = (event) =>
  fetch(event.request).catch(async (error) => {
    const stored = await caches.match(event.request.url);
    if (stored) return stored;
    throw error;
  });

self.addEventListener('install', (event) => {
  // It takes over at once: what it stores belongs to versions of the app, not to its own.
  self.skipWaiting();
  event.waitUntil(update());
});

self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== root.origin || !url.pathname.startsWith(root.pathname))
    return;
  const path = url.pathname.slice(root.pathname.length);
  if (request.mode === 'navigate') {
    if (!notApp.test(path) && !/\.\w+$/.test(path)) event.respondWith(page(event));
  } else if (path.startsWith('assets/')) event.respondWith(asset(event));
  else if (path === 'theme.js' || path === 'favicon.svg') event.respondWith(file(event));
});

/** Stores the code that a page loaded before this worker controlled it. */
const storeCode = async (addresses) => {
  const cache = await codeCache();
  const own = addresses.filter((address) => String(address).startsWith(`${root.href}assets/`));
  await Promise.all(own.map(async (address) => (await cache?.match(address)) || cache?.add(address)));
};

/** Notifies of a finished answer, unless a tab that shows it is visible. */
const notifyOf = async ({ title, text, tag, url }) => {
  const tabs = await self.clients.matchAll({ type: 'window' });
  if (tabs.some((tab) => tab.url === url && tab.visibilityState === 'visible')) return;
  await self.registration.showNotification(title, {
    body: text,
    tag,
    data: { url },
    icon: `${root.href}icons/icon-192.png`,
  });
};

self.addEventListener('message', (event) => {
  const { kind, addresses, notice } = event.data ?? {};
  if (kind === 'loaded' && Array.isArray(addresses)) event.waitUntil(storeCode(addresses).catch(() => {}));
  if (kind === 'done' && notice) event.waitUntil(notifyOf(notice));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const { url } = event.notification.data;
  const open = async () => {
    const tabs = await self.clients.matchAll({ type: 'window' });
    const tab = tabs.find((one) => one.url === url);
    await (tab ? tab.focus() : self.clients.openWindow(url));
  };
  event.waitUntil(open());
});

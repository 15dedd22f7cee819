import { serverAddress } from '../relay/basePath.ts';

/** Whether this page may have a service worker: only a built app on https or on this machine. */
const isPossible = (): boolean => import.meta.env.PROD && 'serviceWorker' in navigator;

/** Tells the worker which code this page loaded before the worker controlled it, so that it is there offline. */
const reportLoaded = (worker: ServiceWorker | null) =>
  worker?.postMessage({
    kind: 'loaded',
    addresses: performance.getEntriesByType('resource').map(({ name }) => name),
  });

/** Installs the worker that serves the frame of the app offline, once the page has loaded. */
export const installServiceWorker = (): void => {
  if (!isPossible()) return;
  const install = () => {
    const { serviceWorker } = navigator;
    serviceWorker.addEventListener('controllerchange', () => reportLoaded(serviceWorker.controller));
    serviceWorker.register(serverAddress('/sw.js'), { scope: serverAddress('/') }).then(
      async () => reportLoaded((await serviceWorker.ready).active),
      // Without it, the app needs the server to start.
      () => {},
    );
  };
  if (document.readyState === 'complete') install();
  else window.addEventListener('load', install, { once: true });
};

/** Returns the active worker; null where there is none. */
export const activeWorker = async (): Promise<ServiceWorker | null> =>
  isPossible() ? ((await navigator.serviceWorker.getRegistration())?.active ?? null) : null;

/** Whether notifications can be shown at all. */
export const canNotify = (): boolean => isPossible() && 'Notification' in window;

import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { RefreshCw } from 'lucide-react';
import { type ComponentType, type ReactNode, useCallback, useEffect, useState } from 'react';
import { serverAddress } from '../relay/basePath.ts';
import { Button } from '../ui/Button.tsx';
import { partsOnDemand } from '../ui/onDemand.ts';
import { PageHeader } from './PageHeader.tsx';

type Load = () => Promise<ComponentType>;

const pages = new Set<Load>();

/**
 * Loads the code of a page when it is first shown, in parallel with its query. If that fails, offline or after a new version
 * was installed, the rest of the app stays, and the page retries.
 */
export const page = (load: Load) => {
  pages.add(load);
  return async (): Promise<{ Component: ComponentType } | { element: ReactNode }> => {
    try {
      return { Component: await load() };
    } catch {
      return { element: <LatePage load={load} /> };
    }
  };
};

/**
 * Loads the code of all parts and pages while the browser is idle, unless the reader saves data. Returns a function that
 * stops.
 */
export const preloadPages = (): (() => void) => {
  const { connection } = navigator as { connection?: { saveData?: boolean } };
  if (connection?.saveData) return () => {};
  const begun = new Set<() => Promise<unknown>>();
  let isStopped = false;
  const next = () => {
    // Parts first, those of the pages loaded meanwhile included: they are nearer to the reader.
    const load = [...partsOnDemand(), ...pages].find((each) => !begun.has(each));
    if (!load || isStopped) return;
    begun.add(load);
    // Code that fails to load now is loaded when it is needed.
    load().then(schedule, () => {});
  };
  const schedule = () => {
    if ('requestIdleCallback' in window) window.requestIdleCallback(next, { timeout: 10_000 });
    else setTimeout(next, 1_000);
  };
  schedule();
  return () => {
    isStopped = true;
  };
};

/** The interval of retries, in ms. */
const retryMs = 10_000;

const LatePage = ({ load }: { load: Load }) => {
  const [loaded, setLoaded] = useState<{ readonly Page: ComponentType } | null>(null);
  const retry = useCallback(() => {
    load().then(
      (Page) => setLoaded({ Page }),
      () => void reloadIfUpdated(),
    );
  }, [load]);
  useEffect(() => {
    if (loaded) return;
    retry();
    const timer = setInterval(retry, retryMs);
    window.addEventListener('online', retry);
    return () => {
      clearInterval(timer);
      window.removeEventListener('online', retry);
    };
  }, [loaded, retry]);
  if (loaded) return <loaded.Page />;
  return (
    <div className="flex h-full flex-col">
      <PageHeader />
      <div role="alert" className="flex flex-1 flex-col items-center justify-center gap-5 px-6 text-center">
        <div>
          <h1 className="text-xl font-semibold tracking-tight">
            <Trans>This page has not loaded</Trans>
          </h1>
          <p className="mt-2 max-w-md text-muted text-balance">
            {navigator.onLine
              ? t`The server did not send it. It opens as soon as the server answers.`
              : t`You are offline. It opens as soon as you are online again.`}
          </p>
        </div>
        <Button onClick={retry}>
          <RefreshCw size={16} aria-hidden="true" />
          <Trans>Try again</Trans>
        </Button>
      </div>
    </div>
  );
};

const reloadedFor = 'ziggie.reloadedFor';

/** Returns the script of a version of the app, whose name has a hash of its content. */
const scriptIn = (html: string): string | undefined => /src="([^"]*\/assets\/[^"]+\.js)"/.exec(html)?.[1];

/** Reloads if the server has another version of the app: then the code of this page's version is gone. Once per version. */
const reloadIfUpdated = async (): Promise<void> => {
  try {
    const response = await fetch(serverAddress('/'), { cache: 'no-store', headers: { accept: 'text/html' } });
    const installed = response.ok ? scriptIn(await response.text()) : undefined;
    const isCurrent = [...document.scripts].some((script) => installed && script.src.endsWith(installed));
    if (!installed || isCurrent || sessionStorage.getItem(reloadedFor) === installed) return;
    sessionStorage.setItem(reloadedFor, installed);
    window.location.reload();
  } catch {
    // Unreachable, or without storage: the next retry tells.
  }
};

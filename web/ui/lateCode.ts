import { useEffect, useSyncExternalStore } from 'react';

/**
 * Defines code that loads with the first component that needs it. Returns a hook, which returns null until the code has
 * loaded. If it can't be loaded, the next component retries.
 */
export const lateCode = <Code>(loadCode: () => Promise<Code>): ((isNeeded?: boolean) => Code | null) => {
  let code: { readonly loaded: Code } | null = null;
  let isLoading = false;
  const listeners = new Set<() => void>();
  const load = (): void => {
    if (isLoading) return;
    isLoading = true;
    loadCode().then(
      (loaded) => {
        code = { loaded };
        for (const listener of listeners) listener();
      },
      () => {
        isLoading = false;
      },
    );
  };
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const current = () => code?.loaded ?? null;
  return (isNeeded = true) => {
    const loaded = useSyncExternalStore(subscribe, current);
    useEffect(() => {
      if (isNeeded) load();
    }, [isNeeded]);
    return loaded;
  };
};

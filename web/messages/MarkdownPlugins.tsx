import { createContext, type ReactNode, useCallback, useContext, useRef, useState } from 'react';
import type { PluginConfig } from 'streamdown';

export type PluginName = 'code';

interface Loaded {
  readonly plugins: PluginConfig;
  readonly need: (name: PluginName) => void;
}

const PluginsContext = createContext<Loaded | null>(null);

const load: Readonly<Record<PluginName, () => Promise<PluginConfig>>> = {
  code: async () => ({ code: (await import('./highlighter.ts')).highlighter }),
};

/** The plugin for code. It is larger than the rest of the app, so it loads with the first answer that needs it. */
export const MarkdownPlugins = ({ children }: { children: ReactNode }) => {
  const [plugins, setPlugins] = useState<PluginConfig>({});
  const asked = useRef(new Set<PluginName>());
  const need = useCallback((name: PluginName) => {
    if (asked.current.has(name)) return;
    asked.current.add(name);
    load[name]().then(
      (loaded) => setPlugins((before) => ({ ...before, ...loaded })),
      // Plain code is readable. The next answer retries.
      () => asked.current.delete(name),
    );
  }, []);
  return <PluginsContext value={{ plugins, need }}>{children}</PluginsContext>;
};

export const useLoadedPlugins = (): Loaded => {
  const loaded = useContext(PluginsContext);
  if (!loaded) throw new Error('Markdown stands outside of MarkdownPlugins.');
  return loaded;
};

import { createContext, type ReactNode, useCallback, useContext, useRef, useState } from 'react';
import type { PluginConfig } from 'streamdown';

export type PluginName = 'code' | 'math';

interface Loaded {
  readonly plugins: PluginConfig;
  readonly need: (name: PluginName) => void;
}

const PluginsContext = createContext<Loaded | null>(null);

const load: Readonly<Record<PluginName, () => Promise<PluginConfig>>> = {
  code: async () => ({ code: (await import('./highlighter.ts')).highlighter }),
  math: async () => ({ math: (await import('./typesetter.ts')).typesetter }),
};

/** Highlighting and typesetting weigh more than the rest of the app: each is fetched with the first answer that has it. */
export const MarkdownPlugins = ({ children }: { children: ReactNode }) => {
  const [plugins, setPlugins] = useState<PluginConfig>({});
  const asked = useRef(new Set<PluginName>());
  const need = useCallback((name: PluginName) => {
    if (asked.current.has(name)) return;
    asked.current.add(name);
    load[name]().then(
      (loaded) => setPlugins((before) => ({ ...before, ...loaded })),
      // Code without colours and formulas as they were written can be read. The next answer tries again.
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

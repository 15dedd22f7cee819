import { useEffect } from 'react';
import type { PluginConfig } from 'streamdown';
import { useLoadedPlugins } from './MarkdownPlugins.tsx';

/** Returns the Markdown plugins that a text needs, as far as they are loaded. */
export const useMarkdownPlugins = (text: string): PluginConfig => {
  const { plugins, need } = useLoadedPlugins();
  const hasCode = text.includes('```') || text.includes('~~~');
  useEffect(() => {
    if (hasCode) need('code');
  }, [hasCode, need]);
  return plugins;
};

import { useEffect } from 'react';
import type { PluginConfig } from 'streamdown';
import { useLoadedPlugins } from './MarkdownPlugins.tsx';

/** What this text needs beyond plain Markdown, as far as it is here yet. */
export const useMarkdownPlugins = (text: string): PluginConfig => {
  const { plugins, need } = useLoadedPlugins();
  const hasCode = text.includes('```') || text.includes('~~~');
  const hasMath = text.includes('$$');
  useEffect(() => {
    if (hasCode) need('code');
    if (hasMath) need('math');
  }, [hasCode, hasMath, need]);
  return plugins;
};

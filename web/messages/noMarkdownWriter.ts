/**
 * Replaces `mdast-util-to-markdown` in the build. It writes Markdown, which this app never does, but the plugin for tables and
 * task lists imports its handlers to extend them.
 */
export const defaultHandlers = {};

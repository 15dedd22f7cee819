/** Maximum UTF-16 units of another program's message that a user sees. */
const maxLength = 500;

const patterns: readonly (readonly [RegExp, string])[] = [
  [/\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>,;)]+/gi, '[address]'],
  // Go's resolver: lookup ollama.internal on 10.0.0.2:53: no such host
  [/\blookup [^\s:]+( on [^\s:]+(:\d+)?)?/gi, 'lookup [address]'],
  [/\[[0-9a-f]*:[0-9a-f:.]*\](:\d{1,5})?/gi, '[address]'],
  [/(?<![\w:])(?:[0-9a-f]{1,4}:){4,7}[0-9a-f]{1,4}(?![\w:])/gi, '[address]'],
  [/(?<![\w:])(?:[0-9a-f]{1,4}:){0,6}:(?:[0-9a-f]{1,4}:){0,5}[0-9a-f]{1,4}(?![\w:])/gi, '[address]'],
  [/(?<![\w.])\d{1,3}(\.\d{1,3}){3}(:\d{1,5})?(?![\w.]*\d)/g, '[address]'],
  [/\blocalhost(:\d{1,5})?\b/gi, '[address]'],
  [/(?<![\w.-])[\w-]+(\.[\w-]+)*\.[a-z]{2,}:\d{2,5}(?!\w)/gi, '[address]'],
  [/(?<![\w.~-])[a-z]:\\[^\s"'<>,;:)]+/gi, '[file]'],
  [/(?<![\w.~/-])~?\/(?:[\w.@+~-]+\/)+[\w.@+~-]*/g, '[file]'],
];

/**
 * Redacts another program's message, such as an engine's error, for users: replaces network addresses and file paths, and
 * truncates it. The log has the full message.
 */
export const withoutAddresses = (text: string): string => {
  const short = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  return patterns.reduce((redacted, [pattern, label]) => redacted.replace(pattern, label), short);
};

/**
 * Whether a model's name fits one of the patterns. In a pattern `*` stands for any characters but `/`, so that a name
 * with a host or a namespace in it is allowed only where a pattern has them too; one without a tag means all tags.
 */
export const isAllowedModel = (name: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => matcherOf(pattern).test(name));

const matcherOf = (pattern: string): RegExp => {
  const source = pattern.replaceAll('.', '\\.').replaceAll('*', '[^/]*');
  // A colon before the last slash is a host's port, not a tag.
  const hasTag = pattern.slice(pattern.lastIndexOf('/') + 1).includes(':');
  return new RegExp(`^${source}${hasTag ? '' : '(?::[^/]*)?'}$`);
};

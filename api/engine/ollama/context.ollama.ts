/**
 * Returns the context that a model runs with, in tokens: `usual`, or as much more as the request asks for, up to `limit`.
 * In steps of powers of two, because another context makes Ollama load the model again.
 */
export const contextFor = (
  usual: number | null,
  requested: number | undefined,
  limit: number,
  trained: number | null,
): number | null => {
  if (usual === null || requested === undefined || requested <= usual) return usual;
  const stepped = 2 ** Math.ceil(Math.log2(requested));
  return Math.max(usual, Math.min(stepped, limit, trained ?? limit));
};

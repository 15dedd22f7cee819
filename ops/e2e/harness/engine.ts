/**
 * `describe` where there is an engine to test with: `OLLAMA_URL`, or the embedded model. Else a skipped one, which says
 * what is missing.
 */
export const describeWithEngine = (name: string, suite: () => void): void => {
  if (process.env.OLLAMA_URL || process.env.MODEL_PATH) describe(name, suite);
  else describe.skip(`${name} (skipped: no OLLAMA_URL, and the embedded model could not be fetched)`, suite);
};

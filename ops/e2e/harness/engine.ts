/**
 * Calls `describe` if there is an engine: `OLLAMA_URL` or the embedded model. Otherwise skips the suite with the reason
 * in its title.
 */
export const describeWithEngine = (name: string, suite: () => void): void => {
  if (process.env.OLLAMA_URL || process.env.MODEL_PATH) describe(name, suite);
  else describe.skip(`${name} (skipped: no OLLAMA_URL, and the embedded model could not be fetched)`, suite);
};

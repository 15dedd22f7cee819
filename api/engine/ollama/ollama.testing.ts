const url = process.env.OLLAMA_URL ?? '';

/** Addresses of real Ollamas to test with; empty if `OLLAMA_URL` is blank or `embedded`. */
export const ollamaUrls: readonly string[] = url === '' || url === 'embedded' ? [] : url.split(',');

/** Runs the suite if `OLLAMA_URL` names an Ollama, else skips it with a title that says what is missing. */
export const describeWithOllama = (name: string, suite: () => void): void => {
  if (ollamaUrls.length > 0) describe(name, suite);
  else describe.skip(`${name} (skipped: OLLAMA_URL names none)`, suite);
};

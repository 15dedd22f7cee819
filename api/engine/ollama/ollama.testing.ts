const url = process.env.OLLAMA_URL ?? '';

/** The real Ollamas to test with; none where `OLLAMA_URL` is blank, or keeps to the embedded engine. */
export const ollamaUrls: readonly string[] = url === '' || url === 'embedded' ? [] : url.split(',');

/** Runs `describe` where there is a real Ollama, else a skipped one whose title says what is missing. */
export const describeWithOllama = (name: string, suite: () => void): void => {
  if (ollamaUrls.length > 0) describe(name, suite);
  else describe.skip(`${name} (skipped: OLLAMA_URL names none)`, suite);
};

const url = process.env.OLLAMA_URL ?? '';

/** The real Ollamas to test with; none where `OLLAMA_URL` is blank, or keeps to the embedded engine. */
export const ollamaUrls: readonly string[] = url === '' || url === 'embedded' ? [] : url.split(',');

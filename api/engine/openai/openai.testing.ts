/** A real server to test with. */
export interface TestedServer {
  readonly url: string;
  readonly model: string;
}

const serversIn = (variable: string): readonly TestedServer[] =>
  (process.env[variable] ?? '')
    .split(',')
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const { hash, href } = new URL(part.trim());
      return { url: href.slice(0, href.length - hash.length), model: hash.slice(1) };
    });

/**
 * The servers in `TEST_OPENAI_URLS`: `http://host:8000/v1#model`, separated by commas. Each has at least two slots.
 * `ops/ci/llamaServer.sh` starts some.
 */
export const openAIServers = serversIn('TEST_OPENAI_URLS');

/** The servers in `TEST_OPENAI_EMBEDDINGS_URLS`: llama.cpp's server computes either answers or embeddings. */
export const embeddingServers = serversIn('TEST_OPENAI_EMBEDDINGS_URLS');

/** A real server to test with. */
export interface TestedServer {
  readonly url: string;
  readonly model: string;
  readonly slots: number;
}

/** The servers in `TEST_OPENAI_URLS`: `http://host:8000/v1#model`, separated by commas. Each has at least two slots. */
export const openAIServers: readonly TestedServer[] = (process.env.TEST_OPENAI_URLS ?? '')
  .split(',')
  .filter((part) => part.trim() !== '')
  .map((part) => {
    const { hash, href } = new URL(part.trim());
    return { url: href.slice(0, href.length - hash.length), model: hash.slice(1), slots: 2 };
  });

/** Runs the suite if `TEST_OPENAI_URLS` names a server, else skips it with a title that says what is missing. */
export const describeWithOpenAI = (name: string, suite: () => void): void => {
  if (openAIServers.length > 0) describe(name, suite);
  else describe.skip(`${name} (skipped: TEST_OPENAI_URLS names none)`, suite);
};

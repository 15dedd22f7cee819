// Sends a prompt and prints the answer while it streams. After `npm install @ziggie/llm-client`:
//   ZIGGIE_USER=admin ZIGGIE_PASSWORD=… node ask.mjs "What is 2+2?"
import { createClient, signIn, ZiggieError } from '@ziggie/llm-client';

const {
  ZIGGIE_URL: url = 'http://127.0.0.1:8000',
  ZIGGIE_USER: username,
  ZIGGIE_PASSWORD: password,
} = process.env;

const client = createClient({
  url,
  // Called for the first token, and again whenever a token has expired.
  tokenProvider: async () => (await signIn({ url, username, password })).token,
});

try {
  const answer = client.chat({ prompt: process.argv[2] ?? 'What is 2+2?' });
  for await (const delta of answer) process.stdout.write(delta);
  const { model, usage, conversationId } = await answer.result;
  process.stderr.write(`\n${model}, ${usage?.completionTokens} tokens, in ${conversationId}\n`);
} catch (error) {
  if (!(error instanceof ZiggieError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exitCode = 1;
} finally {
  client.close();
}

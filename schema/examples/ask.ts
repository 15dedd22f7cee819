/**
 * A whole client in one file: signs in, asks, prints the answer as it streams. Its types come from the schema
 * (`npm run codegen`), so what the server does not have, it can't ask for.
 *
 *   ZIGGIE_PASSWORD=… node schema/examples/ask.ts "What is 2+2?"
 */
import { createClient } from 'graphql-ws';
import { graphql } from './__generated__/gql.ts';
import type { FollowSubscription, TypedDocumentString } from './__generated__/graphql.ts';

const url = process.env.ZIGGIE_URL || 'http://127.0.0.1:8000';
const username = process.env.ZIGGIE_USER || 'admin';
const password = process.env.ZIGGIE_PASSWORD ?? '';

const ask = graphql(`
  mutation Ask($prompt: String!) {
    generate(input: { prompt: $prompt }) {
      generation {
        id
      }
    }
  }
`);

const follow = graphql(`
  subscription Follow($id: ID!) {
    generation(id: $id) {
      delta
      status
      generation {
        error {
          message
        }
      }
    }
  }
`);

const signIn = async (): Promise<string> => {
  const answer = await fetch(`${url}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password }),
    signal: AbortSignal.timeout(10_000),
  });
  const { access_token, detail } = await answer.json();
  if (!answer.ok) throw new Error(detail);
  return access_token;
};

const run = async <Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  token: string,
): Promise<Result> => {
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: document.toString(), variables }),
    signal: AbortSignal.timeout(30_000),
  });
  const { data, errors } = await answer.json();
  if (errors) throw new Error(errors[0].message);
  return data;
};

try {
  const token = await signIn();
  const { generate } = await run(ask, { prompt: process.argv[2] ?? 'What is 2+2?' }, token);
  const socket = createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    connectionParams: { authorization: `Bearer ${token}` },
  });
  const events = socket.iterate<FollowSubscription>({
    query: follow.toString(),
    variables: { id: generate.generation.id },
  });
  for await (const { data, errors } of events) {
    if (errors) throw new Error(errors[0]?.message);
    process.stdout.write(data?.generation.delta ?? '');
    const failure = data?.generation.generation.error;
    if (failure) throw new Error(failure.message);
  }
  process.stdout.write('\n');
  await socket.dispose();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

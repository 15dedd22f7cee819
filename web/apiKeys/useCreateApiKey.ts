import { useCallback, useState } from 'react';
import { graphql, useMutation } from 'react-relay';
import { messageOf } from '../relay/failure.ts';
import type { useCreateApiKeyMutation } from './__generated__/useCreateApiKeyMutation.graphql.ts';
import type { Scope } from './scopes.ts';

export interface NewApiKeyInput {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: string | null;
}

/** `connection`: the list that the key is added to. */
export const useCreateApiKey = (connection: string) => {
  const [commit, isCreating] = useMutation<useCreateApiKeyMutation>(graphql`
    mutation useCreateApiKeyMutation($input: CreateApiKeyInput!, $connections: [ID!]!) {
      createApiKey(input: $input) {
        secret
        apiKeyEdge @prependEdge(connections: $connections) {
          node {
            id
            ...ApiKeyRow_apiKey
          }
        }
      }
    }
  `);
  const [secret, setSecret] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const create = useCallback(
    (input: NewApiKeyInput) => {
      setProblem(null);
      commit({
        variables: { input, connections: [connection] },
        onCompleted: ({ createApiKey }) => setSecret(createApiKey?.secret ?? null),
        onError: (error) => setProblem(messageOf(error)),
      });
    },
    [commit, connection],
  );
  const forget = useCallback(() => {
    setSecret(null);
    setProblem(null);
  }, []);
  return { create, isCreating, secret, problem, forget };
};

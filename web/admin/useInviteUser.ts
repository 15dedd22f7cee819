import { useCallback, useState } from 'react';
import { graphql, useMutation } from 'react-relay';
import { messageOf } from '../relay/failure.ts';
import type { useInviteUserMutation } from './__generated__/useInviteUserMutation.graphql.ts';
import type { ChosenRole } from './roles.ts';

export const useInviteUser = (connection: string) => {
  const [commit, isInviting] = useMutation<useInviteUserMutation>(graphql`
    mutation useInviteUserMutation($input: InviteUserInput!, $connections: [ID!]!) {
      inviteUser(input: $input) {
        path
        inviteEdge @prependEdge(connections: $connections) {
          node {
            id
            ...InviteRow_invite
          }
        }
      }
    }
  `);
  const [path, setPath] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const invite = useCallback(
    (role: ChosenRole, note: string | null) => {
      setProblem(null);
      commit({
        variables: { input: { role, note }, connections: [connection] },
        onCompleted: ({ inviteUser }) => setPath(inviteUser?.path ?? null),
        onError: (error) => setProblem(messageOf(error)),
      });
    },
    [commit, connection],
  );
  const forget = useCallback(() => {
    setPath(null);
    setProblem(null);
  }, []);
  return { invite, isInviting, path, problem, forget };
};

import { t } from '@lingui/core/macro';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { graphql, useMutation } from 'react-relay';
import { messageOf } from '../relay/failure.ts';
import { Confirm } from '../ui/Confirm.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Problem } from '../ui/Problem.tsx';
import type { DeleteModelMutation } from './__generated__/DeleteModelMutation.graphql.ts';

/** `connection`: the list that the model is removed from. */
export const DeleteModel = ({ id, name, connection }: { id: string; name: string; connection: string }) => {
  const [isAsking, setAsking] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [commit, isDeleting] = useMutation<DeleteModelMutation>(graphql`
    mutation DeleteModelMutation($input: DeleteModelInput!, $connections: [ID!]!) {
      deleteModel(input: $input) {
        deletedModelId @deleteEdge(connections: $connections)
      }
    }
  `);
  const remove = () => {
    setAsking(false);
    setProblem(null);
    commit({
      variables: { input: { id }, connections: [connection] },
      onError: (error) => setProblem(messageOf(error)),
    });
  };
  return (
    <>
      <IconButton
        icon={Trash2}
        label={t`Delete ${name}`}
        disabled={isDeleting}
        onClick={() => setAsking(true)}
      />
      <Confirm
        open={isAsking}
        title={t`Delete ${name}?`}
        description={t`It is deleted from every Ollama of this service. Existing answers stay.`}
        action={t`Delete`}
        onConfirm={remove}
        onClose={() => setAsking(false)}
      />
      {problem && <Problem>{problem}</Problem>}
    </>
  );
};

import { useEffect, useEffectEvent, useMemo, useState } from 'react';
import { fetchQuery, graphql, requestSubscription, useMutation, useRelayEnvironment } from 'react-relay';
import { messageOf } from '../relay/failure.ts';
import type { useModelPullCancelMutation } from './__generated__/useModelPullCancelMutation.graphql.ts';
import type { useModelPullInstalledQuery } from './__generated__/useModelPullInstalledQuery.graphql.ts';
import type {
  useModelPullSubscription,
  useModelPullSubscription$data,
} from './__generated__/useModelPullSubscription.graphql.ts';

export type ModelPull = useModelPullSubscription$data['modelPull'];

const subscription = graphql`
  subscription useModelPullSubscription($id: ID!) {
    modelPull(id: $id) {
      id
      model
      status
      receivedBytes
      totalBytes
      error {
        message
      }
      backends {
        address
        state
        message
      }
    }
  }
`;

const installed = graphql`
  query useModelPullInstalledQuery {
    ...ModelsPageList_query
  }
`;

/** Follows a model pull to its end, then adds the model to the list. `pull` is null until its first event. */
export const useModelPull = (id: string) => {
  const environment = useRelayEnvironment();
  const [pull, setPull] = useState<ModelPull | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [commit, isCancelling] = useMutation<useModelPullCancelMutation>(graphql`
    mutation useModelPullCancelMutation($input: CancelModelPullInput!) {
      cancelModelPull(input: $input) {
        id
      }
    }
  `);
  const applyUpdate = useEffectEvent((next: ModelPull) => {
    setPull(next);
    if (next.status === 'COMPLETED') {
      fetchQuery<useModelPullInstalledQuery>(environment, installed, {}).subscribe({});
    }
  });
  useEffect(() => {
    const { dispose } = requestSubscription<useModelPullSubscription>(environment, {
      subscription,
      variables: { id },
      onNext: (data) => data && applyUpdate(data.modelPull),
      onError: (error) => setProblem(messageOf(error)),
    });
    return dispose;
  }, [environment, id]);
  const cancel = useMemo(() => () => commit({ variables: { input: { id } } }), [commit, id]);
  return { pull, problem, cancel, isCancelling };
};

import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { useState } from 'react';
import { fetchQuery, graphql, useFragment, useMutation, useRelayEnvironment } from 'react-relay';
import { messageOf } from '../relay/failure.ts';
import { Badge } from '../ui/Badge.tsx';
import { Button } from '../ui/Button.tsx';
import { Confirm } from '../ui/Confirm.tsx';
import { fromNow } from '../ui/moments.ts';
import { Problem } from '../ui/Problem.tsx';
import type { DockerRequestRow_request$key } from './__generated__/DockerRequestRow_request.graphql.ts';
import type { DockerRequestRowConfirmMutation } from './__generated__/DockerRequestRowConfirmMutation.graphql.ts';
import type { DockerRequestRowDeclineMutation } from './__generated__/DockerRequestRowDeclineMutation.graphql.ts';
import type { DockerRequestRowQuery } from './__generated__/DockerRequestRowQuery.graphql.ts';
import { riskLabels } from './labels.ts';

const statusLabels: Readonly<Record<string, () => string>> = {
  PENDING: () => t`Waits`,
  RUNNING: () => t`Running`,
  COMPLETED: () => t`Done`,
  FAILED: () => t`Failed`,
  DECLINED: () => t`Declined`,
  EXPIRED: () => t`Expired`,
};

/** A requested command, with its exact effect. */
export const DockerRequestRow = ({ request: key }: { request: DockerRequestRow_request$key }) => {
  const request = useFragment(
    graphql`
      fragment DockerRequestRow_request on DockerRequest {
        id
        command
        risk
        effect
        reason
        status
        problem
        createdAt
        viewerCanConfirm
        requestedBy {
          username
        }
      }
    `,
    key,
  );
  const { id, command, risk, effect, reason, status } = request;
  const environment = useRelayEnvironment();
  const [isAsking, setAsking] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [confirm, isConfirming] = useMutation<DockerRequestRowConfirmMutation>(graphql`
    mutation DockerRequestRowConfirmMutation($input: ConfirmDockerCommandInput!) {
      confirmDockerCommand(input: $input) {
        request {
          ...DockerRequestRow_request
        }
      }
    }
  `);
  const [decline, isDeclining] = useMutation<DockerRequestRowDeclineMutation>(graphql`
    mutation DockerRequestRowDeclineMutation($input: DeclineDockerCommandInput!) {
      declineDockerCommand(input: $input) {
        request {
          ...DockerRequestRow_request
        }
      }
    }
  `);
  const onConfirm = () => {
    setAsking(false);
    setProblem(null);
    confirm({
      variables: { input: { id, effect } },
      onError: (error) => {
        setProblem(messageOf(error));
        // The effect or the status has changed since the list was loaded.
        fetchQuery<DockerRequestRowQuery>(
          environment,
          graphql`
            query DockerRequestRowQuery($id: ID!) {
              node(id: $id) {
                ... on DockerRequest {
                  effect
                  status
                  problem
                  viewerCanConfirm
                }
              }
            }
          `,
          { id },
        ).subscribe({});
      },
    });
  };
  const onDecline = () => {
    setProblem(null);
    decline({ variables: { input: { id } }, onError: (error) => setProblem(messageOf(error)) });
  };
  return (
    <li className="py-4">
      <div className="flex flex-wrap items-center gap-2">
        <code dir="ltr" className="min-w-0 flex-1 font-mono text-sm wrap-anywhere">
          {command}
        </code>
        <Badge>{riskLabels[risk]?.() ?? risk}</Badge>
        <Badge tone={status === 'PENDING' ? 'accent' : 'plain'}>{statusLabels[status]?.() ?? status}</Badge>
      </div>
      <p dir="auto" className="mt-1 text-sm wrap-anywhere">
        {effect}
      </p>
      <p className="mt-1 text-sm text-muted wrap-anywhere">
        {request.requestedBy?.username ?? t`A deleted user`}, {fromNow(request.createdAt)}
        {reason !== '' && <>: {reason}</>}
      </p>
      {request.problem !== '' && (
        <p dir="auto" className="mt-1 text-sm text-danger wrap-anywhere">
          {request.problem}
        </p>
      )}
      {problem && (
        <div className="mt-2">
          <Problem>{problem}</Problem>
        </div>
      )}
      {request.viewerCanConfirm && (
        <div className="mt-3 flex gap-2">
          <Button busy={isConfirming} onClick={() => setAsking(true)} aria-label={t`Confirm ${command}`}>
            {isConfirming ? t`Running…` : t`Confirm…`}
          </Button>
          <Button tone="quiet" busy={isDeclining} onClick={onDecline} aria-label={t`Decline ${command}`}>
            <Trans>Decline</Trans>
          </Button>
        </div>
      )}
      <Confirm
        open={isAsking}
        title={t`Run ${command}?`}
        description={effect}
        action={t`Run it`}
        onConfirm={onConfirm}
        onClose={() => setAsking(false)}
      />
    </li>
  );
};

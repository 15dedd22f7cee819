import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { useState } from 'react';
import { graphql, useMutation } from 'react-relay';
import { Link } from 'react-router';
import type { PlannedCommand } from '../presets/results/types.ts';
import { messageOf } from '../relay/failure.ts';
import { Badge } from '../ui/Badge.tsx';
import { Button } from '../ui/Button.tsx';
import { CopyButton } from '../ui/CopyButton.tsx';
import { Field } from '../ui/Field.tsx';
import { Problem } from '../ui/Problem.tsx';
import type { DockerCommandRequestMutation } from './__generated__/DockerCommandRequestMutation.graphql.ts';
import type { DockerCommandRunMutation } from './__generated__/DockerCommandRunMutation.graphql.ts';
import { riskLabels } from './labels.ts';

export interface DockerCommandProps {
  readonly command: PlannedCommand;
  readonly isConnected: boolean;
  readonly onUseOutput: (output: string) => void;
}

/** A planned command. One that only reads runs here; for another one, an administrator is asked. */
export const DockerCommand = ({ command: planned, isConnected, onUseOutput }: DockerCommandProps) => {
  const { command, name, container, lines, explanation, risk, readOnly } = planned;
  const [problem, setProblem] = useState<string | null>(null);
  const [output, setOutput] = useState<{ readonly text: string; readonly isCut: boolean } | null>(null);
  const [request, setRequest] = useState<{ readonly effect: string; readonly mayDecide: boolean } | null>(
    null,
  );
  // Never the explanation: a model wrote it.
  const [reason, setReason] = useState('');
  const [commitRun, isRunning] = useMutation<DockerCommandRunMutation>(graphql`
    mutation DockerCommandRunMutation($input: RunDockerCommandInput!) {
      runDockerCommand(input: $input) {
        output
        isCut
      }
    }
  `);
  const [commitRequest, isRequesting] = useMutation<DockerCommandRequestMutation>(graphql`
    mutation DockerCommandRequestMutation($input: RequestDockerCommandInput!) {
      requestDockerCommand(input: $input) {
        request {
          id
          effect
          viewerCanConfirm
        }
      }
    }
  `);
  const onError = (error: Error) => setProblem(messageOf(error));
  const run = () => {
    setProblem(null);
    commitRun({
      variables: { input: { name, container, lines } },
      onCompleted: ({ runDockerCommand }) =>
        runDockerCommand && setOutput({ text: runDockerCommand.output, isCut: runDockerCommand.isCut }),
      onError,
    });
  };
  const ask = () => {
    setProblem(null);
    commitRequest({
      variables: { input: { name, container: container ?? '', reason: reason.trim() } },
      onCompleted: ({ requestDockerCommand }) => {
        if (!requestDockerCommand) return;
        const { effect, viewerCanConfirm } = requestDockerCommand.request;
        setRequest({ effect, mayDecide: viewerCanConfirm });
      },
      onError,
    });
  };
  return (
    <li className="rounded-xl border border-line p-3">
      <div className="flex flex-wrap items-center gap-2">
        <code dir="ltr" className="min-w-0 flex-1 font-mono text-sm wrap-anywhere">
          {command}
        </code>
        <Badge tone={readOnly ? 'plain' : 'accent'}>{riskLabels[risk]?.() ?? risk}</Badge>
        <CopyButton text={command} label={t`Copy command`} />
        {isConnected && readOnly && (
          <Button onClick={run} busy={isRunning} aria-label={t`Run ${command}`}>
            {isRunning ? t`Running…` : t`Run`}
          </Button>
        )}
        {isConnected && !readOnly && request === null && (
          <Button onClick={ask} busy={isRequesting} aria-label={t`Request ${command}`}>
            <Trans context="verb">Request</Trans>
          </Button>
        )}
      </div>
      <p dir="auto" className="mt-1 text-sm text-muted wrap-anywhere">
        {explanation}
      </p>
      {isConnected && !readOnly && request === null && (
        <div className="mt-2">
          <Field
            label={t`Reason for ${command}, for the administrator (optional)`}
            value={reason}
            maxLength={500}
            onChange={({ target }) => setReason(target.value)}
          />
        </div>
      )}
      {problem && (
        <div className="mt-2">
          <Problem>{problem}</Problem>
        </div>
      )}
      {request && (
        <div role="status" className="mt-2 text-sm">
          <p dir="auto" className="wrap-anywhere">
            {request.effect}
          </p>
          <p className="mt-1 text-muted">
            {request.mayDecide ? (
              <Trans>
                It runs once you confirm it in the{' '}
                <Link
                  to="/admin/docker"
                  className="font-medium text-accent underline-offset-4 hover:underline"
                >
                  Docker requests
                </Link>
                .
              </Trans>
            ) : (
              t`It runs once an administrator confirms it.`
            )}
          </p>
        </div>
      )}
      {output && (
        <section aria-label={t`Output of ${command}`} className="mt-2">
          <pre
            dir="auto"
            className="max-h-80 overflow-auto rounded-lg bg-sunken p-3 font-mono text-sm whitespace-pre-wrap wrap-anywhere"
          >
            {output.text === '' ? t`No output.` : output.text}
          </pre>
          <div className="mt-2 flex flex-wrap items-center gap-2 text-sm text-muted">
            <Button onClick={() => onUseOutput(output.text)}>
              <Trans>Ask again with this output</Trans>
            </Button>
            {output.isCut && t`The output was longer than what is shown.`}
          </div>
        </section>
      )}
    </li>
  );
};

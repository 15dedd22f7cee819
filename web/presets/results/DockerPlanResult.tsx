import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { DockerCommand } from '../../docker/DockerCommand.tsx';
import type { DockerPlan } from './types.ts';

export interface DockerPlanResultProps {
  readonly value: DockerPlan;
  /** Whether the server runs Docker commands. */
  readonly isConnected: boolean;
  /** Asks the same again, with the output of a command. */
  readonly onUseOutput: (output: string) => void;
}

/** A plan of Docker commands, each of which can be run or requested. */
export const DockerPlanResult = ({ value, isConnected, onUseOutput }: DockerPlanResultProps) => (
  <>
    <p dir="auto" className="wrap-anywhere">
      {value.summary}
    </p>
    {!isConnected && (
      <p className="mt-2 text-sm text-muted">
        <Trans>
          This server is not connected to Docker, so the commands are only planned. An administrator connects
          it with <code className="font-mono">DOCKER_HOST</code>.
        </Trans>
      </p>
    )}
    {value.commands.length === 0 && (
      <p className="mt-4 text-muted">
        <Trans>No command is needed.</Trans>
      </p>
    )}
    <ol aria-label={t`Commands`} className="mt-4 space-y-3">
      {value.commands.map((command) => (
        <DockerCommand
          key={command.command}
          command={command}
          isConnected={isConnected}
          onUseOutput={onUseOutput}
        />
      ))}
    </ol>
    {value.rejected.length > 0 && (
      <>
        <h3 className="mt-5 font-semibold">
          <Trans>Left out</Trans>
        </h3>
        <ul className="mt-1 space-y-1.5 text-sm">
          {value.rejected.map(({ command, reason }) => (
            <li key={command} dir="auto" className="wrap-anywhere">
              <code className="font-mono">{command}</code>: {reason}
            </li>
          ))}
        </ul>
      </>
    )}
  </>
);

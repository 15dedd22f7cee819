import { builder } from '../../graph/builder.ts';
import { type CommandName, commandNames, commandRules, type Risk } from '../command.ts';

const descriptions: Readonly<Record<CommandName, string>> = {
  PS: 'Lists the containers.',
  IMAGES: 'Lists the images.',
  LOGS: 'Shows the last lines of a container.',
  STATS: 'Shows the CPU, memory and network of a container.',
  INSPECT: 'Shows the configuration of a container, without environment, command and labels.',
  START: 'Starts a container.',
  STOP: 'Stops a container.',
  RESTART: 'Restarts a container.',
  PAUSE: 'Freezes the processes of a container.',
  UNPAUSE: 'Continues the processes of a paused container.',
  REMOVE: 'Deletes a stopped container, but not its volumes.',
};

export const CommandNameRef = builder.enumType('DockerCommandName', {
  description: 'The Docker commands that are allowed.',
  values: Object.fromEntries(
    commandNames.map((name) => [
      name,
      { description: `\`docker ${commandRules[name].word}\`: ${descriptions[name]}` },
    ]),
  ) as Record<CommandName, { description: string }>,
});

export const RiskRef = builder.enumType('DockerRisk', {
  description: 'The harm that a Docker command can do.',
  values: {
    NONE: { description: 'It only reads.' },
    LOW: { description: 'It starts or continues a container.' },
    MEDIUM: { description: 'The container is unavailable for a while, or until it is started again.' },
    HIGH: { description: 'It deletes data.' },
  } satisfies Record<Risk, { description: string }>,
});

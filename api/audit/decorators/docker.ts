import { textOf } from '../../docker/command.ts';
import type { DockerRequest } from '../../docker/request.ts';
import type { Docker } from '../../docker/service.ts';
import { viewerActor } from '../actor.ts';
import type { AuditRecorder } from '../recorder.ts';

/** Decorates Docker commands: records who runs, requests, confirms and declines which one, with its container's id. */
export const decorateDocker = (docker: Docker, recorder: AuditRecorder): Docker => {
  const outcomeOf = ({ id, command, containerId, ownerId, effect, status, problem }: DockerRequest) => ({
    target: textOf(command),
    targetId: id,
    details: { containerId, requestedBy: ownerId, effect, status, ...(problem !== '' && { problem }) },
  });
  return {
    ...docker,
    run: (viewer, command) =>
      recorder.attempt(
        {
          action: 'RUN_DOCKER_COMMAND',
          actor: viewerActor(viewer),
          target: command.container ?? null,
          details: { command: command.name },
          onSuccess: ({ command: ran }) => ({ target: textOf(ran) }),
        },
        () => docker.run(viewer, command),
      ),
    request: (viewer, command, reason) =>
      recorder.attempt(
        {
          action: 'REQUEST_DOCKER_COMMAND',
          actor: viewerActor(viewer),
          target: command.container ?? null,
          details: { command: command.name },
          onSuccess: outcomeOf,
        },
        () => docker.request(viewer, command, reason),
      ),
    confirm: (viewer, id, effect) =>
      recorder.attempt(
        { action: 'CONFIRM_DOCKER_COMMAND', actor: viewerActor(viewer), targetId: id, onSuccess: outcomeOf },
        () => docker.confirm(viewer, id, effect),
      ),
    decline: (viewer, id) =>
      recorder.attempt(
        { action: 'DECLINE_DOCKER_COMMAND', actor: viewerActor(viewer), targetId: id, onSuccess: outcomeOf },
        () => docker.decline(viewer, id),
      ),
  };
};

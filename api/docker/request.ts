import { type ChangingCommand, commandRules, type DockerCommand, type DockerContainer } from './command.ts';

export const requestStatuses = ['PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'DECLINED', 'EXPIRED'] as const;

export type RequestStatus = (typeof requestStatuses)[number];

/** A command that changes a container. It runs only after an administrator confirms its effect. */
export interface DockerRequest {
  /** ULID. */
  readonly id: string;
  readonly ownerId: string;
  readonly command: DockerCommand & { readonly name: ChangingCommand; readonly container: string };
  /** The container that the name meant at the time: another one with this name is never changed. */
  readonly containerId: string;
  /** What exactly the command does, as a sentence. */
  readonly effect: string;
  /** Why the user wants it; empty: not given. */
  readonly reason: string;
  readonly status: RequestStatus;
  /** The administrator who confirmed or declined it. */
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  /** What went wrong; empty: nothing. */
  readonly problem: string;
  readonly createdAt: Date;
}

/** How long a request can be confirmed, in ms. */
export const requestTtlMs = 24 * 60 * 60_000;

/** A command runs for less time; after it, the process that ran it has stopped. */
const maxRunningMs = 2 * 60_000;

/** Maximum requests of a user: waiting ones, and all that are kept. */
export const requestLimits = { pending: 20, kept: 100 } as const;

/** Maximum UTF-16 units. */
export const maxReasonLength = 500;
export const maxEffectLength = 600;

/** Returns the request with the status that it has by now. */
export const requestAt = (request: DockerRequest, now: Date): DockerRequest => {
  const { status, createdAt, decidedAt } = request;
  if (status === 'PENDING' && now.getTime() - createdAt.getTime() > requestTtlMs) {
    return { ...request, status: 'EXPIRED' };
  }
  if (status === 'RUNNING' && decidedAt !== null && now.getTime() - decidedAt.getTime() > maxRunningMs) {
    const problem = 'The server stopped while the command ran. Look at the container before you repeat it.';
    return { ...request, status: 'FAILED', problem };
  }
  return request;
};

const effects: Readonly<Record<ChangingCommand, string>> = {
  START: 'Its main process is started.',
  STOP: 'Its processes get the stop signal, and are killed after 10 seconds. It stays stopped.',
  RESTART:
    'Its processes get the stop signal, and are killed after 10 seconds. Then its main process is started again.',
  PAUSE: 'Its processes are frozen until it is unpaused.',
  UNPAUSE: 'Its frozen processes continue.',
  REMOVE:
    'The stopped container is deleted with everything written inside it. Its volumes and its image are kept.',
};

/** Returns what a command does to this container. An administrator confirms exactly this text. */
export const effectOf = (name: ChangingCommand, { id, name: own, image, state }: DockerContainer): string =>
  `docker ${commandRules[name].word} on the container ${own} (id ${id.slice(0, 12)}, image ${image.slice(0, 100)}, ${state}). ${effects[name]}`;

import type { ChangingCommand, DockerContainer } from './command.ts';

/** The text of a result, cut at a maximum of bytes. */
export interface DockerOutput {
  readonly text: string;
  readonly isCut: boolean;
}

export interface ListedContainer extends DockerContainer {
  readonly imageId: string;
  /** Such as `Up 2 hours`. */
  readonly status: string;
}

/**
 * The port to the Docker Engine API. All calls end within a fixed time, and read a bounded number of bytes. They throw
 * `NOT_FOUND` for an unknown container, `CONFLICT` if its state doesn't allow the command, and `SERVICE_UNAVAILABLE`.
 */
export interface DockerEngine {
  /** Finds a container by its name or the beginning of its id. */
  find(nameOrId: string): Promise<DockerContainer>;
  /** Lists all containers, stopped ones included, at most 500. */
  list(): Promise<readonly ListedContainer[]>;
  /** Returns one line for each tagged image, at most 500. `ids`: only these images; null: all. */
  images(ids: ReadonlySet<string> | null): Promise<DockerOutput>;
  /** Returns the last lines of both outputs; of long ones, the end. */
  logs(id: string, lines: number): Promise<DockerOutput>;
  stats(id: string): Promise<DockerOutput>;
  /** Returns state, ports, mounts, networks and restart policy, but neither environment, command nor errors, which may hold secrets. */
  inspect(id: string): Promise<DockerOutput>;
  /** Runs a command that changes the container. Resolves also if it already has the wanted state. */
  change(command: ChangingCommand, id: string): Promise<void>;
}

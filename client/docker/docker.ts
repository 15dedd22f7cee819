import {
  ConfirmDockerCommandDocument,
  DeclineDockerCommandDocument,
  type DockerCommandName,
  type DockerRequestFragment,
  DockerRequestsDocument,
  RequestDockerCommandDocument,
  RunDockerCommandDocument,
} from '../__generated__/graphql.ts';
import type { Limits } from '../options.ts';
import { defaultPage, type Page, type PageOptions, pageOf } from '../pages.ts';
import { payloadOf } from '../transport/payload.ts';
import type { Request } from '../transport/requests.ts';

/** A command that changes a container, and waits for an administrator or was decided on. */
export type DockerRequest = DockerRequestFragment;

export interface DockerCommandInput {
  /** Such as `LOGS`. */
  readonly name: DockerCommandName;
  /** A name or id; not for `PS` and `IMAGES`. */
  readonly container?: string;
  /** The last lines of `LOGS`. */
  readonly lines?: number;
}

export interface DockerRequestInput {
  /** Such as `RESTART`. */
  readonly name: DockerCommandName;
  readonly container: string;
  /** Why, for the administrator. */
  readonly reason?: string;
}

export interface DockerOutput {
  readonly command: string;
  readonly output: string;
  readonly isCut: boolean;
}

/** Docker commands, with a session: API keys can only list requests. The preset `docker` plans them. */
export interface DockerCommands {
  /** Runs a command that only reads. */
  run(input: DockerCommandInput, limits?: Limits): Promise<DockerOutput>;
  /** Requests a command that changes a container. It isn't repeated if its response is lost. */
  request(input: DockerRequestInput, limits?: Limits): Promise<DockerRequest>;
  /** Lists requests, newest first: the caller's own; for administrators, those of all users. */
  requests(options?: PageOptions): Promise<Page<DockerRequest>>;
  /** Runs a requested command. Administrators only. Throws `CONFLICT` if `effect` isn't the current one. */
  confirm(request: Pick<DockerRequest, 'id' | 'effect'>, limits?: Limits): Promise<DockerRequest>;
  /** Administrators only. */
  decline(id: string, limits?: Limits): Promise<DockerRequest>;
}

const once = { mayRetry: () => false } as const;

export const createDockerCommands = (request: Request): DockerCommands => ({
  async run(input, limits) {
    return payloadOf((await request(RunDockerCommandDocument, { input }, limits)).runDockerCommand);
  },
  async request(input, limits) {
    const answer = await request(RequestDockerCommandDocument, { input }, { ...limits, ...once });
    return payloadOf(answer.requestDockerCommand).request;
  },
  async requests({ signal, first = defaultPage, ...options } = {}) {
    const variables = { first, ...options };
    const { dockerRequests } = await request(DockerRequestsDocument, variables, {
      ...(signal && { signal }),
    });
    return pageOf(dockerRequests);
  },
  async confirm({ id, effect }, limits) {
    const answer = await request(
      ConfirmDockerCommandDocument,
      { input: { id, effect } },
      { ...limits, ...once },
    );
    return payloadOf(answer.confirmDockerCommand).request;
  },
  async decline(id, limits) {
    const answer = await request(DeclineDockerCommandDocument, { input: { id } }, { ...limits, ...once });
    return payloadOf(answer.declineDockerCommand).request;
  },
});

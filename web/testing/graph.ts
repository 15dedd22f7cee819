import {
  Environment,
  type GraphQLResponse,
  Network,
  Observable,
  RecordSource,
  type RequestParameters,
  Store,
  type Variables,
} from 'relay-runtime';

/** An operation that the page under test has asked for, in the hands of the test. */
export interface Asked {
  readonly variables: Variables;
  /** Whether the page still waits for it, or listens to it. */
  readonly isOpen: () => boolean;
  readonly next: (data: object) => void;
  readonly fail: (error: Error) => void;
  readonly complete: () => void;
}

export interface Graph {
  readonly environment: Environment;
  /** All that was asked under a name, first to last. */
  readonly asked: (name: string) => readonly Asked[];
  /** The newest of a name. Throws where there is none. */
  readonly latest: (name: string) => Asked;
}

/** Relay itself, with a network that the test answers for. */
export const createGraph = (): Graph => {
  const operations = new Map<string, Asked[]>();
  const execute = ({ name }: RequestParameters, variables: Variables) =>
    Observable.create<GraphQLResponse>((sink) => {
      let open = true;
      const asked: Asked = {
        variables,
        isOpen: () => open,
        next: (data) => sink.next({ data: { ...data } }),
        fail: (error) => sink.error(error),
        complete: () => sink.complete(),
      };
      operations.set(name, [...(operations.get(name) ?? []), asked]);
      return () => {
        open = false;
      };
    });
  const asked = (name: string) => operations.get(name) ?? [];
  return {
    environment: new Environment({
      network: Network.create(execute, execute),
      store: new Store(new RecordSource()),
    }),
    asked,
    latest: (name) => {
      const operation = asked(name).at(-1);
      if (!operation)
        throw new Error(`Nothing named ${name} was asked. There is: ${[...operations.keys()].join(', ')}`);
      return operation;
    },
  };
};

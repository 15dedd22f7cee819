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

/** An operation that the page under test sent, which the test answers. */
export interface Asked {
  readonly variables: Variables;
  /** Whether the page still waits for its response or its events. */
  readonly isOpen: () => boolean;
  readonly next: (data: object) => void;
  readonly fail: (error: Error) => void;
  readonly complete: () => void;
}

export interface Graph {
  readonly environment: Environment;
  /** All operations of a name, in order. */
  readonly asked: (name: string) => readonly Asked[];
  /** The latest operation of a name. Throws if there is none. */
  readonly latest: (name: string) => Asked;
}

/** A Relay environment whose network the test answers. */
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

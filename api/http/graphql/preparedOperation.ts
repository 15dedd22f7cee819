import { type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql';
import { presentResult } from './errors.ts';
import type { DocumentRequest, PersistedDocuments } from './persistedDocuments.ts';
import type { Transport, Yoga } from './yoga.ts';

/** The parameters of an operation, as GraphQL over HTTP and the protocol of sockets name them. */
export interface OperationRequest extends DocumentRequest {
  readonly operationName?: string | null | undefined;
  readonly variables?: unknown;
}

/** An operation that passed parsing and validation. */
export interface PreparedOperation extends ExecutionArgs {
  readonly executors: Pick<ReturnType<Yoga['getEnveloped']>, 'execute' | 'subscribe'>;
  readonly requestId: string;
  /** Stops the execution: no further fields are resolved. */
  readonly signal?: AbortSignal;
}

export interface PreparationDeps {
  readonly yoga: Yoga;
  readonly documents: PersistedDocuments;
}

/**
 * Parses and validates an operation of a transport other than plain HTTP, with all plugins, and builds its context. Returns
 * the errors of an invalid one. Throws errors of persisted documents and of authentication.
 */
export const prepareOperation = async (
  { yoga, documents }: PreparationDeps,
  request: OperationRequest,
  requestId: string,
  transport: Omit<Transport, 'exchange'>,
): Promise<PreparedOperation | readonly GraphQLError[]> => {
  const query = (await documents.textOf(request)) ?? '';
  const enveloped = yoga.getEnveloped({ ...transport, params: { ...request, query } });
  const document = enveloped.parse(query);
  const errors = enveloped.validate(enveloped.schema, document);
  if (errors.length > 0) return errors;
  const contextValue = await enveloped.contextFactory();
  return {
    schema: enveloped.schema,
    document,
    contextValue,
    operationName: request.operationName ?? null,
    variableValues: request.variables as ExecutionArgs['variableValues'],
    executors: enveloped,
    requestId,
  };
};

export const isErrors = (
  prepared: PreparedOperation | readonly GraphQLError[],
): prepared is readonly GraphQLError[] => Array.isArray(prepared);

/** Runs a prepared operation. An error that it throws becomes its result. */
export const runOperation = async (
  kind: 'execute' | 'subscribe',
  args: PreparedOperation,
): Promise<ExecutionResult | AsyncIterable<ExecutionResult>> => {
  try {
    return await args.executors[kind](args);
  } catch (error) {
    return { errors: [asGraphQLError(error)] };
  }
};

/** Presents the errors of a result, for a transport that sends results as JSON. */
export const presentedResult = (result: ExecutionResult, present: (error: unknown) => GraphQLError) => {
  const { errors, ...rest } = presentResult(result, present);
  return { ...rest, ...(errors && { errors: errors.map((error) => error.toJSON()) }) };
};

const asGraphQLError = (error: unknown): GraphQLError => {
  if (error instanceof GraphQLError) return error;
  const originalError = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(originalError.message, { originalError });
};

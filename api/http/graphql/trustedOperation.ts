import { GraphQLError } from 'graphql';
import { isAsyncIterable } from 'graphql-yoga';
import type { Logger } from 'pino';
import type { Viewer } from '../../access/viewer.ts';
import type { Release } from '../../budgets/budgets.ts';
import { badInput } from '../../errors/failures.ts';
import type { Ids } from '../../process/ids.ts';
import type { RequestLimit } from '../server/requestLimit.ts';
import { presentError } from './errors.ts';
import { isErrors, type PreparationDeps, prepareOperation, runOperation } from './preparedOperation.ts';

/** The result of an operation, with its errors as users see them. */
export interface TrustedResult {
  readonly data?: unknown;
  readonly errors: readonly {
    readonly code: string;
    readonly message: string;
    /** The field of the query or mutation in which it happened; null: the operation did not run. */
    readonly field: string | number | null;
  }[];
}

export interface TrustedOperation {
  readonly viewer: Viewer;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The call of a tool that runs it, for the audit log. */
  readonly callId: string;
  /** Stops the operation: no further fields are resolved. */
  readonly signal: AbortSignal;
}

export interface TrustedOperationDeps {
  readonly yoga: PreparationDeps['yoga'];
  readonly requestLimit?: RequestLimit | undefined;
  readonly ids: Ids;
  readonly log: Logger;
}

/**
 * Runs an operation whose document an administrator configured, with the rights of a viewer: it passes the same plugins,
 * counts as a request of the viewer, and has the same limits as one that the viewer sends.
 */
export const createTrustedOperations =
  ({ yoga, requestLimit, ids, log }: TrustedOperationDeps) =>
  async ({ viewer: caller, query, variables, callId, signal }: TrustedOperation): Promise<TrustedResult> => {
    const requestId = ids.next();
    const origin = { address: null, requestId, surface: 'tool', toolCallId: callId } as const;
    const viewer: Viewer = { ...caller, origin };
    const present = (error: unknown) => {
      const { message, extensions } = presentError(error, { requestId, log });
      const path = error instanceof GraphQLError ? error.path : undefined;
      return { code: String(extensions.code), message, field: path?.[0] ?? null };
    };
    let release: Release = () => {};
    try {
      await requestLimit?.operation(viewer, null);
      // `PERSISTED_ONLY` is for documents of clients.
      const documents = { textOf: async () => query };
      const prepared = await prepareOperation({ yoga, documents }, { query, variables }, requestId, {
        authenticate: async () => ({
          viewer,
          requestId,
          address: null,
          userAgent: null,
          openSessionCookie: () => {
            throw noConnection();
          },
          renewConnection: async () => {
            throw noConnection();
          },
        }),
        afterAnswer: (given) => {
          release = given;
        },
      });
      if (isErrors(prepared)) return { errors: prepared.map(present) };
      signal.throwIfAborted();
      const result = await runOperation('execute', { ...prepared, signal });
      signal.throwIfAborted();
      if (isAsyncIterable(result)) {
        await result[Symbol.asyncIterator]().return?.();
        throw badInput('document', 'A tool can not answer in parts: remove @defer and @stream.');
      }
      return { data: result.data, errors: (result.errors ?? []).map(present) };
    } catch (error) {
      signal.throwIfAborted();
      return { errors: [present(error)] };
    } finally {
      release();
    }
  };

const noConnection = () =>
  badInput('transport', "A tool can't sign in or out, because it has no connection.");

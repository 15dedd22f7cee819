import type { GraphQLError } from 'graphql';
import { Failure } from '../../errors/failures.ts';

/** Returns the code that the client sees of an error that isn't presented yet; see errors.ts. */
export const rootCodeOf = (error: unknown): string => {
  let root: unknown = error;
  while (root instanceof Error && 'originalError' in root && root.originalError) root = root.originalError;
  if (root instanceof Failure) return root.code;
  const { extensions } = error as Partial<GraphQLError>;
  if (typeof extensions?.code === 'string') return extensions.code;
  return root === error ? 'BAD_USER_INPUT' : 'INTERNAL';
};

import { BREAK, type DocumentNode, type ExecutionArgs, visit } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { forbidden, unauthenticated } from '../../../errors/failures.ts';

/** Who can read the schema: everyone, authenticated callers, or no one. */
export type Introspection = 'on' | 'signed-in' | 'off';

/** The fields that reveal the schema: introspection, and the SDL for gateways. `__typename` reveals nothing. */
const schemaFields = new Set(['__schema', '__type', '_service']);

/** Rejects introspection unless the configuration allows it for the caller. */
export const useIntrospection = (allowed: Introspection): Plugin => {
  if (allowed === 'on') return {};
  const found = new WeakMap<DocumentNode, boolean>();

  const introspects = (document: DocumentNode): boolean => {
    const known = found.get(document);
    if (known !== undefined) return known;
    const isIntrospection = readsSchema(document);
    found.set(document, isIntrospection);
    return isIntrospection;
  };

  return {
    onExecute({ args, setResultAndStopExecution }) {
      if (!introspects(args.document) || (allowed === 'signed-in' && isSignedIn(args))) return;
      const rejection =
        allowed === 'off'
          ? forbidden('This server does not show its schema (INTROSPECTION=off).')
          : unauthenticated(
              'Sign in first: this server shows its schema to signed-in users only (INTROSPECTION=signed-in).',
            );
      setResultAndStopExecution({ errors: [rejection] });
    },
  };
};

const isSignedIn = ({ contextValue }: Pick<ExecutionArgs, 'contextValue'>): boolean =>
  typeof contextValue === 'object' &&
  contextValue !== null &&
  'viewer' in contextValue &&
  contextValue.viewer !== null;

const readsSchema = (document: DocumentNode): boolean => {
  let isFound = false;
  visit(document, {
    Field({ name }) {
      if (!schemaFields.has(name.value)) return undefined;
      isFound = true;
      return BREAK;
    },
  });
  return isFound;
};

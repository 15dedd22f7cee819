import { BREAK, type DocumentNode, type ExecutionArgs, visit } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { forbidden, unauthenticated } from '../../../errors/failures.ts';

/** Who may ask for the schema: everyone, who is signed in, nobody. */
export type Introspection = 'on' | 'signed-in' | 'off';

/** By what a schema is asked for: introspection, and a gateway's field that has the text of it. `__typename` is no secret. */
const tellsSchema = new Set(['__schema', '__type', '_service']);

/** Refuses the schema to who may not ask for it. */
export const useIntrospection = (allowed: Introspection): Plugin => {
  if (allowed === 'on') return {};
  const found = new WeakMap<DocumentNode, boolean>();

  const introspects = (document: DocumentNode): boolean => {
    const known = found.get(document);
    if (known !== undefined) return known;
    const asks = asksForSchema(document);
    found.set(document, asks);
    return asks;
  };

  return {
    onExecute({ args, setResultAndStopExecution }) {
      if (!introspects(args.document) || (allowed === 'signed-in' && isSignedIn(args))) return;
      const refusal =
        allowed === 'off'
          ? forbidden('This server does not show its schema (INTROSPECTION=off).')
          : unauthenticated(
              'Sign in first: this server shows its schema to who is signed in (INTROSPECTION=signed-in).',
            );
      setResultAndStopExecution({ errors: [refusal] });
    },
  };
};

const isSignedIn = ({ contextValue }: Pick<ExecutionArgs, 'contextValue'>): boolean =>
  typeof contextValue === 'object' &&
  contextValue !== null &&
  'viewer' in contextValue &&
  contextValue.viewer !== null;

const asksForSchema = (document: DocumentNode): boolean => {
  let asks = false;
  visit(document, {
    Field({ name }) {
      if (!tellsSchema.has(name.value)) return undefined;
      asks = true;
      return BREAK;
    },
  });
  return asks;
};

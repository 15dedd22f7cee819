import { BREAK, type DocumentNode, type ExecutionArgs, visit } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { forbidden, unauthenticated } from '../../failures.ts';

/** Who may ask for the schema: everyone, who is signed in, nobody. */
export type Introspection = 'on' | 'signed-in' | 'off';

/** Refuses `__schema` and `__type` to who may not ask for them. `__typename` is no secret. */
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
          : unauthenticated('Sign in first: this server shows its schema to who is signed in.');
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
      if (name.value !== '__schema' && name.value !== '__type') return undefined;
      asks = true;
      return BREAK;
    },
  });
  return asks;
};

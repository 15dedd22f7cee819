import {
  type ArgumentNode,
  type DirectiveNode,
  type DocumentNode,
  type ExecutionArgs,
  type GraphQLArgument,
  GraphQLError,
  type GraphQLSchema,
  getNullableType,
  getOperationAST,
  isInputObjectType,
  isInputType,
  Kind,
  type OperationDefinitionNode,
  TypeInfo,
  typeFromAST,
  valueFromAST,
  valueFromASTUntyped,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { badInput, Failure } from '../../../errors/failures.ts';
import { maxLengths } from '../../../graph/bounds/bounds.ts';
import { boundsOf, checkBounds, checkWords } from '../../../graph/bounds/checkBounds.ts';
import { selectOperation } from './executedOperation.ts';

/** The use of an argument in a document. */
interface Site {
  readonly node: ArgumentNode;
  readonly argument: GraphQLArgument;
}

/** The arguments and directives of a document, and a name that is too long, since answers repeat names. */
interface Sites {
  readonly arguments: readonly Site[];
  readonly directives: readonly DirectiveNode[];
  readonly longName: Failure | null;
}

/**
 * Rejects an operation before anything of it runs if one of its variables has the wrong type, or one of its arguments is
 * over its declared bounds, written in the document or passed as a variable. Serves HTTP, SSE and sockets alike.
 */
export const useBounds = (): Plugin => {
  // Yoga caches parsed documents, so a repeated operation is the same object.
  const known = new WeakMap<OperationDefinitionNode, Sites>();

  const check = (args: Partial<ExecutionArgs>): readonly GraphQLError[] => {
    // Words are checked before anything is coerced: coercion would repeat a long one in its error.
    const { schema, document, operationName, variableValues } = args;
    const operation = document && getOperationAST(document, operationName);
    if (!schema || !operation) return [];
    const tooLong = firstFailure(() => {
      for (const { variable, type } of operation.variableDefinitions ?? []) {
        const { value: name } = variable.name;
        const declared = typeFromAST(schema, type);
        if (isInputType(declared)) checkWords(variableValues?.[name], declared, `$${name}`);
      }
    });
    if (tooLong) return [asError(tooLong)];
    const { variables } = selectOperation(args) ?? {};
    if (!variables) return [];
    if (variables.errors) return variables.errors;
    const sites = known.get(operation) ?? sitesOf(schema, document, operation);
    known.set(operation, sites);
    const error = violationOf(sites, variables.coerced);
    return error ? [error] : [];
  };

  return {
    onExecute({ args, setResultAndStopExecution }) {
      const errors = check(args);
      if (errors.length > 0) setResultAndStopExecution({ errors });
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      const errors = check(args);
      if (errors.length > 0) setResultAndStopExecution({ errors });
    },
  };
};

/** Returns the sites of an operation, and of all fragments of its document. */
const sitesOf = (
  schema: GraphQLSchema,
  { definitions }: DocumentNode,
  operation: OperationDefinitionNode,
): Sites => {
  const found: Site[] = [];
  const directives: DirectiveNode[] = [];
  let longName: Failure | null = null;
  const types = new TypeInfo(schema);
  const visitor = visitWithTypeInfo(types, {
    Field({ alias }) {
      if (alias && alias.value.length > maxLengths.name) longName ??= tooLongName(alias.value);
    },
    Directive(node) {
      directives.push(node);
    },
    Argument(node) {
      const argument = types.getArgument();
      // Arguments of directives are checked below.
      if (argument && types.getDirective() === null) found.push({ node, argument });
      return false;
    },
  });
  for (const definition of definitions) {
    if (definition === operation || definition.kind === Kind.FRAGMENT_DEFINITION) visit(definition, visitor);
  }
  return { arguments: found, directives, longName };
};

const tooLongName = (name: string) =>
  badInput('alias', `An alias has ${name.length} characters; it may have at most ${maxLengths.name}.`);

const violationOf = (sites: Sites, variables: Readonly<Record<string, unknown>>): GraphQLError | null => {
  if (sites.longName) return asError(sites.longName);
  for (const { node, argument } of sites.arguments) {
    const value = valueFromAST(node.value, argument.type, variables);
    // Users know the fields of a mutation's `input`, not the argument itself.
    const path = isInputObjectType(getNullableType(argument.type)) ? '' : argument.name;
    const failure = firstFailure(() => checkBounds(value, argument.type, boundsOf(argument), path));
    if (failure) return asError(failure, node);
  }
  for (const { arguments: given = [] } of sites.directives) {
    for (const node of given) {
      const value = valueFromASTUntyped(node.value, variables);
      if (typeof value === 'string' && value.length > maxLengths.name) {
        const { value: name } = node.name;
        return asError(
          badInput(name, `${name} has ${value.length} characters; it may have at most ${maxLengths.name}.`),
          node,
        );
      }
    }
  }
  return null;
};

const firstFailure = (check: () => void): Failure | null => {
  try {
    check();
    return null;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
};

const asError = (failure: Failure, nodes?: ArgumentNode): GraphQLError =>
  new GraphQLError(failure.message, { nodes, originalError: failure });

import {
  type ArgumentNode,
  type DocumentNode,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  parse,
  TypeInfo,
  typeFromAST,
  type ValueNode,
  validate,
  valueFromASTUntyped,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { isForPersons, type Permission } from '../../access/permissions.ts';
import type { Bounds } from '../../graph/bounds/bounds.ts';
import { boundsOf } from '../../graph/bounds/checkBounds.ts';
import { type Tool, toolLimits } from '../../tools/tool.ts';
import { type OperationDefinition, type ToolsFile, unusable } from '../../tools/toolsFile.ts';
import { costOf } from './cost.ts';
import type { TrustedOperation, TrustedResult } from './trustedOperation.ts';

export interface OperationToolsDeps {
  readonly schema: GraphQLSchema;
  /** Returns the text of a persisted document; undefined for an unknown id. */
  readonly findDocument: (id: string) => Promise<string | undefined>;
  /** The maximum cost of an operation (`costOf`). */
  readonly costLimit: number;
  /** Runs an operation with the rights of a viewer, as if the viewer had sent it. */
  readonly run: (operation: TrustedOperation) => Promise<TrustedResult>;
}

type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * Creates tools that run operations of the graph. Queries only read; a mutation waits for the user. Throws `ToolsFileError` for
 * a document that isn't valid, or isn't one operation.
 */
export const createOperationTools = (
  { path, operations }: Pick<ToolsFile, 'path' | 'operations'>,
  deps: OperationToolsDeps,
): Promise<readonly Tool[]> =>
  Promise.all(
    operations.map(async (definition): Promise<Tool> => {
      const { name, description, roles, timeoutMs } = definition;
      const reject = (problem: string) => unusable(path, `the operation ${name} ${problem}`);
      const text = await textOf(definition, deps);
      if (text === undefined) throw reject('has the id of no persisted document');
      const { document, operation } = operationIn(deps.schema, text, reject);
      const bounds = boundsOfVariables(deps.schema, document);
      const parameters = parametersOf(deps.schema, operation, bounds, reject);
      const cost = costOf({ schema: deps.schema, document, operation, variables: leastOf(parameters) });
      if (cost > deps.costLimit) {
        throw reject(
          `costs at least ${cost}, and the limit is ${deps.costLimit}. Ask for fewer fields, or for shorter pages`,
        );
      }
      const { length } = JSON.stringify(parameters);
      if (length > toolLimits.schema) {
        throw reject(
          `has variables whose JSON Schema has ${length} characters; it may have at most ${toolLimits.schema}. Fix fields of inputs in the document`,
        );
      }
      return {
        name,
        roles,
        timeoutMs,
        isReadOnly: operation.operation === 'query',
        describe: async () => ({ description, parameters }),
        async call(variables, { viewer, callId, signal }) {
          const { data, errors } = await deps.run({ viewer, query: text, variables, callId, signal });
          const isMutation = operation.operation === 'mutation';
          const isLost = (error: OperationError) => isMutation && mayHaveWritten(error);
          const messageOf = (error: OperationError) =>
            isLost(error) ? `The field "${error.field}" ended without a result.` : error.message;
          const messages = errors.map((error) => `${error.code}: ${messageOf(error)}`).join('\n');
          const isEmpty = data === null || data === undefined;
          const parts = [...(isEmpty ? [] : [JSON.stringify(data)]), ...(messages ? [messages] : [])];
          const fields = isEmpty ? {} : (data as Readonly<Record<string, unknown>>);
          // An error within a field that has a value leaves the rest of it.
          const isFailed = ({ field }: OperationError) => (fields[field ?? ''] ?? null) === null;
          return {
            text: parts.join('\n'),
            isError: isEmpty || errors.some(isFailed),
            ...(errors.some(isLost) && { isLost: true }),
          };
        },
      };
    }),
  );

type OperationError = TrustedResult['errors'][number];

/** Whether a field may have written although it failed: for example if the store was lost before it could reply. */
const mayHaveWritten = ({ code, field }: OperationError): boolean =>
  field !== null && (code === 'INTERNAL' || code === 'SERVICE_UNAVAILABLE');

const textOf = async (
  { source }: OperationDefinition,
  { findDocument }: OperationToolsDeps,
): Promise<string | undefined> => ('document' in source ? source.document : findDocument(source.id));

type Reject = (problem: string) => Error;

const operationIn = (
  schema: GraphQLSchema,
  text: string,
  reject: Reject,
): { readonly document: DocumentNode; readonly operation: OperationDefinitionNode } => {
  let document: DocumentNode;
  try {
    document = parse(text);
  } catch (error) {
    throw reject(`is not valid GraphQL: ${error instanceof Error ? error.message : error}`);
  }
  const [problem] = validate(schema, document);
  if (problem) throw reject(`does not match the schema: ${problem.message}`);
  const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  const [operation] = operations;
  if (!operation || operations.length > 1) throw reject('must have one operation');
  if (operation.operation === 'subscription') throw reject('must be a query or a mutation');
  checkDirectives(document, reject);
  checkRights(schema, document, reject);
  return { document, operation };
};

/** A tool has one result, so it can't have parts that follow. */
const checkDirectives = (document: DocumentNode, reject: Reject): void => {
  visit(document, {
    Directive({ name: { value } }) {
      if (value === 'defer' || value === 'stream') throw reject(`must not use @${value}`);
    },
  });
};

/** Rejects fields for which a person has to decide: a model must not call what no API key may. */
const checkRights = (schema: GraphQLSchema, document: DocumentNode, reject: Reject): void => {
  const types = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(types, {
      Field({ name: { value } }) {
        const parent = types.getParentType();
        if (parent !== schema.getMutationType() && parent !== schema.getQueryType()) return;
        const permission = permissionOf(types.getFieldDef()?.extensions);
        if (permission && isForPersons(permission)) {
          throw reject(`must not use ${value}: a person has to do that, in the app`);
        }
      },
    }),
  );
};

/** Returns the permission that a field declares. */
const permissionOf = (extensions: Readonly<Record<string, unknown>> = {}): Permission | null => {
  const { authScopes } = (extensions.pothosOptions ?? {}) as { authScopes?: { may?: Permission } };
  return authScopes?.may ?? null;
};

/** Returns the bounds of each variable: those of all arguments, and fields of inputs, whose value it is. */
const boundsOfVariables = (schema: GraphQLSchema, document: DocumentNode): ReadonlyMap<string, Bounds> => {
  const found = new Map<string, Bounds>();
  const types = new TypeInfo(schema);
  const note = (value: ValueNode, of: Parameters<typeof boundsOf>[0] | null | undefined) => {
    if (value.kind !== Kind.VARIABLE || !of) return;
    const name = value.name.value;
    found.set(name, tighter(found.get(name) ?? {}, boundsOf(of)));
  };
  visit(
    document,
    visitWithTypeInfo(types, {
      [Kind.ARGUMENT]: ({ value }: ArgumentNode) => note(value, types.getArgument()),
      ObjectField({ name, value }) {
        const parent = getNamedType(types.getParentInputType());
        note(value, isInputObjectType(parent) ? parent.getFields()[name.value] : null);
      },
    }),
  );
  return found;
};

/** Returns the bounds that a value within both has. */
const tighter = (one: Bounds, other: Bounds): Bounds => {
  const least = (of: 'maxLength' | 'maxItems' | 'max') =>
    one[of] === undefined || other[of] === undefined ? (one[of] ?? other[of]) : Math.min(one[of], other[of]);
  const [maxLength, maxItems, max] = [least('maxLength'), least('maxItems'), least('max')];
  const min =
    one.min === undefined || other.min === undefined ? (one.min ?? other.min) : Math.max(one.min, other.min);
  return {
    ...(maxLength !== undefined && { maxLength }),
    ...(maxItems !== undefined && { maxItems }),
    ...(max !== undefined && { max }),
    ...(min !== undefined && { min }),
  };
};

/** Returns variables with which an operation costs least. */
const leastOf = ({
  properties,
}: {
  readonly properties: Readonly<Record<string, JsonSchema>>;
}): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(properties).flatMap(([name, { type, minimum = 0 }]) =>
      type === 'integer' || type === 'number' ? [[name, minimum]] : [],
    ),
  );

/** Returns the JSON Schema of the operation's variables. */
const parametersOf = (
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  bounds: ReadonlyMap<string, Bounds>,
  reject: Reject,
): JsonSchema & { readonly properties: Readonly<Record<string, JsonSchema>> } => {
  const properties: Record<string, JsonSchema> = {};
  const required: string[] = [];
  for (const { variable, type: node, defaultValue } of variableDefinitions) {
    const name = variable.name.value;
    const type = typeFromAST(schema, node as Parameters<typeof typeFromAST>[1]) as GraphQLInputType;
    const value = withBounds(schemaOf(type, new Set(), reject), bounds.get(name) ?? {});
    properties[name] =
      defaultValue === undefined ? value : { ...value, default: valueFromASTUntyped(defaultValue) };
    if (isNonNullType(type) && defaultValue === undefined) required.push(name);
  }
  return { type: 'object', properties, required, additionalProperties: false };
};

const scalars: Readonly<Record<string, JsonSchema>> = {
  ID: { type: 'string' },
  String: { type: 'string' },
  Int: { type: 'integer' },
  Float: { type: 'number' },
  Boolean: { type: 'boolean' },
  DateTime: { type: 'string', format: 'date-time' },
  JSON: {},
};

/** `within` are the input types around it: one that contains itself is any object from there on. */
const schemaOf = (type: GraphQLInputType, within: ReadonlySet<string>, reject: Reject): JsonSchema => {
  const bare = getNullableType(type);
  if (isListType(bare)) return { type: 'array', items: schemaOf(bare.ofType, within, reject) };
  if (isEnumType(bare)) return { type: 'string', enum: bare.getValues().map(({ name }) => name) };
  if (!isInputObjectType(bare)) {
    const scalar = scalars[bare.name];
    if (!scalar) throw reject(`has a variable of the type ${bare.name}, which a model can't give`);
    return scalar;
  }
  if (within.has(bare.name)) return { type: 'object' };
  const inner = new Set([...within, bare.name]);
  const fields = Object.values(bare.getFields());
  return {
    type: 'object',
    properties: Object.fromEntries(
      fields.map((field) => [
        field.name,
        {
          ...withBounds(schemaOf(field.type, inner, reject), boundsOf(field)),
          ...(field.description && { description: field.description }),
        },
      ]),
    ),
    required: fields
      .filter(({ type: field, defaultValue }) => isNonNullType(field) && defaultValue === undefined)
      .map(({ name }) => name),
    ...(bare.isOneOf && { minProperties: 1, maxProperties: 1 }),
    additionalProperties: false,
  };
};

/** Adds the limits of a field to its schema, so that a model doesn't learn them by failures. */
const withBounds = (schema: JsonSchema, { maxLength, maxItems, min, max }: Bounds): JsonSchema => ({
  ...schema,
  ...(schema.type === 'string' && maxLength !== undefined && { maxLength }),
  ...(schema.type === 'array' && maxItems !== undefined && { maxItems }),
  ...(min !== undefined && { minimum: min }),
  ...(max !== undefined && { maximum: max }),
});

/**
 * An operation as text, with the types of its variables and of its answer. What GraphQL Code Generator makes with
 * `documentMode: 'string'` is one.
 */
export interface TypedDocument<Result, Variables> {
  toString(): string;
  readonly __apiType?: (variables: Variables) => Result;
}

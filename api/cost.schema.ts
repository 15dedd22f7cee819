import {
  type GraphQLField,
  type GraphQLOutputType,
  getNamedType,
  getNullableType,
  isListType,
} from 'graphql';
import { pageSizeLimit } from './pages.ts';

/** Items that a page has unless its size is asked for; also taken for lists whose length nobody bounds. */
const usualLength = 20;
/** What a mutation costs beside the fields of its payload: it writes. */
const mutationCost = 10;

type Args = Readonly<Record<string, unknown>>;

/**
 * What a field costs: itself 1, and what is asked of a list as often as the list may be long. A connection counts its
 * page once, so that `edges` are not counted again.
 */
export const costOf = (
  args: Args,
  _context: unknown,
  field: Pick<GraphQLField<unknown, unknown>, 'type'>,
): { readonly field: number; readonly multiplier: number } => {
  const name = getNamedType(field.type).name;
  if (name.endsWith('Connection')) return { field: 1, multiplier: pageSize(args) };
  if (name.endsWith('Payload')) return { field: mutationCost, multiplier: 1 };
  if (!isList(field.type) || name.endsWith('Edge')) return { field: 1, multiplier: 1 };
  return { field: 1, multiplier: Array.isArray(args.ids) ? args.ids.length : usualLength };
};

const isList = (type: GraphQLOutputType): boolean => isListType(getNullableType(type));

const pageSize = ({ first, last }: Args): number => {
  const asked = typeof first === 'number' ? first : last;
  return typeof asked === 'number' ? Math.min(Math.max(asked, 0), pageSizeLimit) : usualLength;
};

import { GraphQLError } from 'graphql';
import { builder } from './builder.ts';
import { deepestJson, isTooDeep } from './nesting.ts';

builder.scalarType('DateTime', {
  description: 'A moment in UTC, as ISO 8601 writes it: `2026-11-23T06:29:34.000Z`.',
  serialize: (moment) => moment.toISOString(),
  parseValue: (value) => {
    const moment = new Date(typeof value === 'string' ? value : Number.NaN);
    if (!Number.isNaN(moment.getTime())) return moment;
    throw new GraphQLError('A DateTime is a text such as "2026-11-23T06:29:34.000Z".', {
      extensions: { code: 'BAD_USER_INPUT' },
    });
  },
});

builder.scalarType('JSON', {
  description: 'Any JSON value.',
  serialize: (value) => value,
  parseValue: (value) => {
    if (!isTooDeep(value)) return value;
    throw new GraphQLError(`A JSON value may be nested ${deepestJson} levels deep at most.`, {
      extensions: { code: 'BAD_USER_INPUT' },
    });
  },
});

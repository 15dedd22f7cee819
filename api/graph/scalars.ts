import { GraphQLError } from 'graphql';
import { builder } from './builder.ts';
import { deepestJson, isTooDeep } from './nesting.ts';

/** UTF-16 units of a DateTime. */
const maxDateTimeLength = 64;

/** The years that RFC 3339 can write. Outside of them, calculations with days can leave the range of a Date. */
const isWritable = (moment: Date): boolean => moment.getUTCFullYear() >= 0 && moment.getUTCFullYear() <= 9999;

builder.scalarType('DateTime', {
  description:
    'A date and time in UTC, in ISO 8601 format: `2026-11-23T06:29:34.000Z`. Years 0 to 9999, at most 64 characters.',
  serialize: (moment) => moment.toISOString(),
  parseValue: (value) => {
    const isText = typeof value === 'string' && value.length <= maxDateTimeLength;
    const moment = new Date(isText ? value : Number.NaN);
    if (isWritable(moment)) return moment;
    throw new GraphQLError(
      'A DateTime is a text such as "2026-11-23T06:29:34.000Z", from year 0 to year 9999.',
      {
        extensions: { code: 'BAD_USER_INPUT' },
      },
    );
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

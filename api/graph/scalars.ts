import { GraphQLError } from 'graphql';
import { builder } from './builder.ts';
import { isTooDeep, maxJsonDepth } from './nesting.ts';

/** Maximum length of a DateTime, in UTF-16 units. */
const maxDateTimeLength = 64;

/** Whether RFC 3339 can represent the year. Outside these years, date arithmetic can leave the range of `Date`. */
const isInRange = (moment: Date): boolean => moment.getUTCFullYear() >= 0 && moment.getUTCFullYear() <= 9999;

builder.scalarType('DateTime', {
  description:
    'A date and time in UTC, in ISO 8601 format: `2026-11-23T06:29:34.000Z`. Years 0 to 9999, at most 64 characters.',
  serialize: (moment) => moment.toISOString(),
  parseValue: (value) => {
    const isText = typeof value === 'string' && value.length <= maxDateTimeLength;
    const moment = new Date(isText ? value : Number.NaN);
    if (isInRange(moment)) return moment;
    throw new GraphQLError(
      'A DateTime is a string such as "2026-11-23T06:29:34.000Z", from year 0 to year 9999.',
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
    throw new GraphQLError(`The JSON value is nested too deeply; the maximum is ${maxJsonDepth} levels.`, {
      extensions: { code: 'BAD_USER_INPUT' },
    });
  },
});

builder.scalarType('Upload', {
  description:
    'A file, sent as the GraphQL multipart request specification says: the variable is null, and `map` names it.',
  serialize: () => {
    throw new GraphQLError('An Upload can only be an input.');
  },
  parseValue: (value) => {
    if (value instanceof File) return value;
    throw new GraphQLError(
      'An Upload is a file of a multipart/form-data request over HTTP (GraphQL multipart request specification).',
      { extensions: { code: 'BAD_USER_INPUT' } },
    );
  },
  parseLiteral: () => {
    throw new GraphQLError('An Upload must be a variable.', { extensions: { code: 'BAD_USER_INPUT' } });
  },
});

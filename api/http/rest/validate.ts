import { z } from 'zod';
import { badInput } from '../../errors/failures.ts';
import { isTooDeep, maxJsonDepth } from '../../graph/nesting.ts';

/** Parses a body with a schema. Throws `BAD_USER_INPUT` with the first invalid field and its rule. */
export const validate = <Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> => {
  if (isTooDeep(body)) {
    throw badInput('body', `The body is nested more than ${maxJsonDepth} levels deep.`);
  }
  const parsed = schema.safeParse(body, { error: ruleOf });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const { path, rule } = issue ? locate(issue) : { path: [], rule: 'is not valid' };
  if (path.length === 0) throw badInput('body', `The body ${rule}.`);
  const whole = z.core.toDotPath(path);
  const field = whole.length <= maxPathLength ? whole : `${whole.slice(0, maxPathLength)}…`;
  throw badInput(field, `${field} ${rule}.`);
};

/** Maximum UTF-16 units of a field's path in an error: the client chooses the names, so they can be long. */
const maxPathLength = 200;

interface InvalidField {
  readonly path: readonly PropertyKey[];
  /** Continues a sentence that begins with the field's name: `must be at most 2`. */
  readonly rule: string;
}

/** Returns the invalid field. For a union, uses the option that parsed furthest: more helpful than "matches no option". */
const locate = (issue: z.core.$ZodIssue): InvalidField => {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) {
    return { path: issue.path, rule: issue.message };
  }
  const options = issue.errors.flatMap(([first]) => (first ? [locate(first)] : []));
  const deepest = options.reduce((best, each) => (each.path.length > best.path.length ? each : best), {
    path: [],
    rule: '',
  });
  if (deepest.path.length > 0) return { path: [...issue.path, ...deepest.path], rule: deepest.rule };
  return { path: issue.path, rule: [...new Set(options.map(({ rule }) => rule))].join(', or ') };
};

const typeNames: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

const units: Readonly<Record<string, string>> = { string: 'character', array: 'item' };

const boundText = (origin: string, end: 'least' | 'most', size: number | bigint): string => {
  const unit = units[origin];
  return unit ? `have at ${end} ${size} ${unit}${Number(size) === 1 ? '' : 's'}` : `be at ${end} ${size}`;
};

const ruleOf: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? 'is missing'
        : `must be ${typeNames[issue.expected] ?? `a ${issue.expected}`}`;
    case 'invalid_value':
      if (issue.input === undefined) return 'is missing';
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
    case 'invalid_union':
      // A discriminated union in which no option has the discriminator's value.
      return 'options' in issue && Array.isArray(issue.options)
        ? `must be ${issue.options.map((option) => JSON.stringify(option)).join(' or ')}`
        : undefined;
    case 'too_big':
      return `must ${boundText(issue.origin, 'most', issue.maximum)}`;
    case 'too_small':
      return `must ${boundText(issue.origin, 'least', issue.minimum)}`;
    default:
      return undefined;
  }
};

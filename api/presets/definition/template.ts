import Mustache from 'mustache';
import { badInput } from '../../errors/failures.ts';
import type { PresetVariable, VariableValues } from '../preset.ts';

/** A token of the parser: its kind, its text, where it starts, and a section's end and inner tokens. */
type Token = readonly [kind: string, text: string, start: number, end: number, inner?: readonly Token[]];

/**
 * Keeps one level of names: a section shows or hides its text, and never changes what a name means. A section of a text
 * would otherwise offer the text's own properties, such as `length`.
 */
class FlatContext extends Mustache.Context {
  override push(): FlatContext {
    return this;
  }
}

/** Maximum UTF-16 units that a template inserts: one that repeats a long value could take gigabytes. */
const maxInserted = 2_000_000;

/** Maximum levels of nested sections: rendering is recursive. */
const maxDepth = 20;

/** Writes values with a bound on their sum. */
class BoundedWriter extends Mustache.Writer {
  #inserted = 0;

  override escapedValue(...args: Parameters<Mustache.Writer['escapedValue']>): string {
    return this.#count(super.escapedValue(...args));
  }

  override unescapedValue(...args: Parameters<Mustache.Writer['unescapedValue']>): string {
    return this.#count(super.unescapedValue(...args));
  }

  #count(value: string): string {
    // Absent values are undefined.
    this.#inserted += value?.length ?? 0;
    if (this.#inserted <= maxInserted) return value;
    throw badInput(
      'variables',
      `The prompt has more than ${maxInserted} characters of variables. Shorten them, or use them less often in the template.`,
    );
  }
}

/** Values are inserted unchanged: a prompt isn't HTML. */
const unescaped = { escape: String };

/**
 * Renders a template with checked values. An absent value is empty. Values are inserted as text: a tag in a value has no
 * effect. Throws `BAD_USER_INPUT` if the inserted values are too long together.
 */
export const renderTemplate = (template: string, values: VariableValues): string => {
  const view = Object.create(null);
  // The number 0 is a value: its section is shown.
  for (const [name, value] of Object.entries(values)) view[name] = value === 0 ? '0' : value;
  const writer = new BoundedWriter();
  return writer.renderTokens(
    writer.parse(template),
    new FlatContext(view),
    undefined,
    template,
    unescaped as never,
  );
};

/**
 * Checks a template. Throws `BAD_USER_INPUT` with the line of a tag that isn't closed, names no declared variable, or
 * isn't supported (partials and changes of the delimiters).
 */
export const checkTemplate = (
  field: string,
  template: string,
  variables: readonly Pick<PresetVariable, 'name'>[],
): void => {
  const names = variables.map(({ name }) => name);
  /** Only for an error: counting the lines for each tag would take quadratic time. */
  const positionOf = (start: number) => `${field}, line ${lineOf(template, start)}`;
  const check = (tokens: readonly Token[], depth: number) => {
    for (const [kind, text, start, , inner] of tokens) {
      if (depth > maxDepth) {
        throw badInput(
          field,
          `${positionOf(start)}: sections are nested more than ${maxDepth} deep. Flatten them.`,
        );
      }
      if (kind === '>' || kind === '=') {
        const what = kind === '>' ? `the partial "${text}"` : 'a change of the delimiters';
        throw badInput(field, `${positionOf(start)}: ${what} is not supported. Remove it.`);
      }
      if (['name', '&', '{', '#', '^'].includes(kind) && !names.includes(text)) {
        throw badInput(
          field,
          `${positionOf(start)}: "${text}" is not a variable. ${
            names.length === 0
              ? 'Declare it in variables, or remove the tag.'
              : `Variables: ${names.join(', ')}. Declare it, or correct the name.`
          }`,
        );
      }
      if (Array.isArray(inner)) check(inner, depth + 1);
    }
  };
  check(parse(field, template), 0);
};

const parse = (field: string, template: string): readonly Token[] => {
  try {
    return new Mustache.Writer().parse(template) as unknown as readonly Token[];
  } catch (error) {
    const [, problem = 'a tag is not valid', position = '0'] =
      /^(.*?) at (\d+)$/.exec(error instanceof Error ? error.message : '') ?? [];
    const at = `line ${lineOf(template, Number(position))}`;
    throw badInput(
      field,
      `${field}, ${at}: ${problem}. Write {{name}}, or {{#name}}…{{/name}} for a section.`,
    );
  }
};

const lineOf = (template: string, position: number): number => template.slice(0, position).split('\n').length;

import { badInput } from '../../errors/failures.ts';
import type { EngineFormat } from '../engine.ts';
import { integerTexts } from './grammar.integer.ts';
import { objectGrammar } from './grammar.object.ts';
import {
  arrayRule,
  choice,
  commonRules,
  formats,
  type JsonSchema,
  literal,
  repetition,
  unsupportedKeyword,
} from './grammar.terms.ts';

/**
 * Maximum rules of a grammar. An optional property takes three, and the time to compile the grammar and to sample with it
 * grows with the square of the rules.
 */
const maxRules = 1_200;
/** The time that llama.cpp takes grows with the square of the alternatives; repetitions are expanded. */
const maxAlternatives = 2_000;
const maxRepetitions = 10_000;

/**
 * Returns the grammar of a format, in llama.cpp's GBNF. `'json'` means an object, as in Ollama, because a model that may
 * answer with any value tends to put prose into a string. All answers of the grammar match the schema, but not all matching
 * values are possible: properties have the schema's order, and unnamed ones are excluded. Throws `BAD_USER_INPUT` if the
 * schema has a constraint that a grammar can't enforce, such as `pattern`.
 */
export function grammarOf(format: EngineFormat): string {
  const builder = new GrammarBuilder(format === 'json' ? { type: 'object' } : format);
  return builder.build();
}

class GrammarBuilder {
  readonly #root: JsonSchema;
  readonly #rules = new Map<string, string>();
  readonly #named = new Map<string, string>();
  /** The rules of ranges of integers. */
  readonly #ranges = new Map<string, string>();
  #alternatives = 0;
  #repetitions = 0;

  constructor(root: JsonSchema) {
    this.#root = root;
  }

  build(): string {
    const root = this.#expression(this.#root);
    const rules = [...this.#rules].map(([name, body]) => `${name} ::= ${body}`);
    return [`root ::= ${root}`, ...rules, ...commonRules].join('\n');
  }

  #rule(body: string): string {
    if (this.#rules.size >= maxRules) throw badInput('format', 'The JSON Schema is too large.');
    const name = `r${this.#rules.size}`;
    this.#rules.set(name, body);
    return name;
  }

  /** Counts the alternatives of the whole grammar, including the patterns of integers. */
  #choice(alternatives: readonly string[]): string {
    this.#alternatives += alternatives.length;
    if (this.#alternatives > maxAlternatives) {
      throw badInput('format', `The JSON Schema has more than ${maxAlternatives} alternatives.`);
    }
    return choice(alternatives);
  }

  /** Counts the repetitions of the whole grammar. */
  #countRepetitions(min: unknown, max: unknown): void {
    this.#repetitions += Math.max(Number(min ?? 0), Number(max ?? 0)) || 0;
    if (this.#repetitions > maxRepetitions) {
      throw badInput(
        'format',
        `The lengths of strings and arrays in the JSON Schema add up to more than ${maxRepetitions}.`,
      );
    }
  }

  #expression(schema: unknown): string {
    if (schema === true) return 'value';
    if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
      throw badInput('format', `The JSON Schema has ${JSON.stringify(schema)} where a schema belongs.`);
    }
    const node: JsonSchema = { ...schema };
    const keyword = unsupportedKeyword(node);
    if (keyword !== null) {
      throw badInput('format', `The engine can't enforce "${keyword}" of the JSON Schema. Leave it out.`);
    }
    if (typeof node.$ref === 'string') return this.#reference(node.$ref);
    if ('const' in node) return literal(node.const);
    if (Array.isArray(node.enum)) return this.#rule(this.#choice(node.enum.map(literal)));
    const either = node.anyOf ?? node.oneOf ?? node.allOf;
    if (Array.isArray(either)) return this.#rule(this.#choice(either.map((each) => this.#expression(each))));
    if (Array.isArray(node.type)) {
      return this.#rule(this.#choice(node.type.map((type) => this.#typed({ ...node, type }))));
    }
    return this.#typed(node);
  }

  #typed(node: JsonSchema): string {
    switch (node.type ?? impliedType(node)) {
      case undefined:
        return 'value';
      case 'null':
      case 'boolean':
      case 'number':
        return String(node.type);
      case 'integer':
        return this.#integer(node);
      case 'string':
        return this.#string(node);
      case 'array':
        this.#countRepetitions(node.minItems, node.maxItems);
        return this.#rule(arrayRule(node, (schema) => this.#expression(schema)));
      case 'object':
        return objectGrammar(
          node,
          (schema) => this.#expression(schema),
          (body) => this.#rule(body),
        );
      default:
        throw badInput('format', `The JSON Schema has an unknown type, ${JSON.stringify(node.type)}.`);
    }
  }

  /** An open end is that of JavaScript's safe integers. Equal ranges have one rule: libraries bound every integer alike. */
  #integer({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): string {
    const lower = [minimum, isNumber(exclusiveMinimum) && Math.floor(exclusiveMinimum) + 1].filter(isNumber);
    const upper = [maximum, isNumber(exclusiveMaximum) && Math.ceil(exclusiveMaximum) - 1].filter(isNumber);
    if (lower.length === 0 && upper.length === 0) return 'integer';
    const min = Math.max(Number.MIN_SAFE_INTEGER, ...lower.map(Math.ceil));
    const max = Math.min(Number.MAX_SAFE_INTEGER, ...upper.map(Math.floor));
    if (!(max >= min)) {
      throw badInput(
        'format',
        'The JSON Schema has a range of integers that is empty: its "minimum" is above its "maximum".',
      );
    }
    const range = `${min} ${max}`;
    const known = this.#ranges.get(range);
    if (known !== undefined) return known;
    const texts = integerTexts(min, max);
    this.#countRepetitions(0, texts.length * String(Number.MAX_SAFE_INTEGER).length);
    const name = this.#rule(this.#choice(texts));
    this.#ranges.set(range, name);
    return name;
  }

  #string({ format, minLength, maxLength }: JsonSchema): string {
    const known = typeof format === 'string' ? formats.get(format) : undefined;
    if (known !== undefined) return known;
    if (minLength === undefined && maxLength === undefined) return 'string';
    this.#countRepetitions(minLength, maxLength);
    return this.#rule(`"\\"" char${repetition('a string', minLength, maxLength)} "\\""`);
  }

  /** Returns the rule of a definition. Each definition has one rule, so that a schema may refer to itself. */
  #reference(reference: string): string {
    const known = this.#named.get(reference);
    if (known !== undefined) return known;
    const path = reference.split('/').slice(1);
    const target = path.reduce<unknown>((at, step) => {
      const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
      return typeof at === 'object' && at !== null && Object.hasOwn(at, key)
        ? Reflect.get(at, key)
        : undefined;
    }, this.#root);
    if (!reference.startsWith('#') || target === undefined) {
      throw badInput('format', `The JSON Schema refers to "${reference}", which isn't in it.`);
    }
    const name = this.#rule('');
    this.#named.set(reference, name);
    this.#rules.set(name, this.#expression(target));
    return name;
  }
}

const isNumber = (value: unknown): value is number => typeof value === 'number';

const objectKeywords = ['properties', 'required', 'additionalProperties', 'propertyNames'];

function impliedType(node: JsonSchema): string | undefined {
  if (objectKeywords.some((keyword) => keyword in node)) return 'object';
  return 'items' in node || 'prefixItems' in node ? 'array' : undefined;
}

import { changesBetween } from './changes.ts';
import { checkDefinition } from './definition.ts';
import { violationsOf } from './schema.ts';
import { checkValues } from './values.ts';
import { parsePreset, presetYaml } from './yaml.ts';

const minimal = { name: 'greet', title: 'Greet', template: 'Hello' };
const variable = (given: object) => ({ name: 'v', label: 'V', type: 'TEXT', ...given });
const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };

describe('a definition', () => {
  it.each([
    [{ ...minimal, name: 'Not a slug' }, 'name', 'needs lower-case words'],
    [{ ...minimal, title: ' ' }, 'title', 'is empty'],
    [{ ...minimal, colour: 'red' }, 'preset', 'colour'],
    [{ ...minimal, options: { temperature: 3 } }, 'options.temperature', '<=2'],
    [{ ...minimal, variables: [variable({ name: '1x' })] }, 'variables[0].name', 'a letter first'],
    [{ ...minimal, variables: [variable({}), variable({})] }, 'variables[1].name', 'two variables "v"'],
    [{ ...minimal, variables: [variable({ type: 'CHOICE' })] }, 'variables[0].choices', 'at least one'],
    [{ ...minimal, variables: [variable({ choices: ['a'] })] }, 'variables[0].choices', 'only a CHOICE'],
    [
      { ...minimal, variables: [variable({ type: 'SECRET', default: 'x' })] },
      'variables[0].default',
      'never stored',
    ],
    [
      { ...minimal, variables: [variable({ type: 'NUMBER', default: 'x' })] },
      'variables[0].default',
      'must be a number',
    ],
    [{ ...minimal, template: '{{x}}' }, 'template', '"x" is not a variable'],
    [{ ...minimal, outputSchema: { type: 'array' } }, 'outputSchema', 'must describe an object'],
    [
      { ...minimal, outputSchema: { type: 'object', properties: { a: { type: 'string', pattern: 'x' } } } },
      'outputSchema',
      'can\'t enforce "pattern"',
    ],
    [
      { ...minimal, outputSchema: { type: 'object', properties: { a: { type: 'words' } } } },
      'outputSchema',
      'words',
    ],
    [
      { ...minimal, outputSchema: schema, examples: [{ input: 'x', output: 'no' }] },
      'examples[0].output',
      'not JSON',
    ],
    [
      { ...minimal, outputSchema: schema, examples: [{ input: 'x', output: '{}' }] },
      'examples[0].output',
      "required property 'n'",
    ],
    [{ ...minimal, outputSchema: schema, workflow: 'CODE_REVIEW' }, 'outputSchema', 'has its own schema'],
  ])('%j is rejected', (given, field, message) => {
    expect(() => checkDefinition(given)).toThrow(
      expect.objectContaining({
        code: 'BAD_USER_INPUT',
        details: { field },
        message: expect.stringContaining(message),
      }),
    );
  });

  it('survives its YAML, and names the differing fields of two versions', () => {
    const definition = checkDefinition({
      ...minimal,
      icon: '👋',
      template: 'Hello {{who}}\n\n{{#formal}}Sir{{/formal}}\n',
      variables: [
        variable({ name: 'who', type: 'LONG_TEXT', required: false }),
        variable({ name: 'formal', type: 'BOOLEAN', default: false }),
      ],
      options: { temperature: 0 },
      outputSchema: schema,
    });
    const yaml = presetYaml(definition);
    expect(yaml).toContain('type: long-text');
    expect(parsePreset(yaml)).toEqual(definition);
    const changed = checkDefinition({ ...definition, title: 'Greet!', options: {} });
    expect(changesBetween(definition, changed)).toEqual([
      { field: 'title', before: 'Greet', after: 'Greet!' },
      { field: 'options', before: '{\n  "temperature": 0\n}', after: '{}' },
    ]);
  });

  it.each([
    ['name: [', 'The YAML is not valid.'],
    ['just text', 'The YAML is not a preset'],
    ['presetVersion: 9\nname: x', 'presetVersion is 9; this server reads version 1.'],
    [`a: &a [1]\nb: [${'*a,'.repeat(50)}]`, 'too many aliases'],
    [`name: ${'x'.repeat(200_001)}`, 'yaml has 200007 characters'],
  ])('the YAML %j is rejected', (yaml, message) => {
    expect(() => parsePreset(yaml)).toThrow(message);
  });
});

describe('values of variables', () => {
  const { variables } = checkDefinition({
    ...minimal,
    variables: [
      variable({ name: 'code', type: 'LONG_TEXT' }),
      variable({ name: 'tone', type: 'CHOICE', choices: ['kind', 'strict'], default: 'kind' }),
      variable({ name: 'count', type: 'NUMBER', required: false }),
      variable({ name: 'quick', type: 'BOOLEAN', required: false }),
    ],
  });

  it('get their defaults', () => {
    expect(checkValues(variables, { code: 'x', count: null })).toEqual({ code: 'x', tone: 'kind' });
  });

  it.each([
    [null, 'variables.code is missing. Fill in "V".'],
    [{ code: ' ' }, 'variables.code is missing'],
    [[], 'variables must be an object'],
    [{ code: 'x', colour: 1 }, 'There is no variable "colour". Variables: code, tone, count, quick.'],
    [{ code: 'x', tone: 'rude' }, 'variables.tone must be one of kind, strict.'],
    [{ code: 'x', count: '3' }, 'variables.count must be a number.'],
    [{ code: 'x', quick: 'yes' }, 'variables.quick must be true or false.'],
    [{ code: 'x'.repeat(1_000_001) }, 'variables.code has 1000001 characters'],
  ])('%j are rejected', (given, message) => {
    expect(() => checkValues(variables, given)).toThrow(message);
  });
});

describe('an output schema', () => {
  it.each([
    [
      'a pattern that the grammar skips',
      { type: 'string', items: { pattern: '^(a+)+$' } },
      ['a'.repeat(40).concat('!')],
    ],
    ['nested references', { anyOf: [{ $ref: '#/$defs/d0' }, { $ref: '#/$defs/d0' }] }, 'x'],
  ])('is checked for a limited time: %s', (_name, property, value) => {
    const doubled = (next: string) => ({ anyOf: [{ $ref: `#/$defs/${next}` }, { $ref: `#/$defs/${next}` }] });
    const $defs = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [
        `d${index}`,
        index === 39 ? { type: 'integer' } : doubled(`d${index + 1}`),
      ]),
    );
    const outputSchema = { type: 'object', properties: { a: property }, required: ['a'], $defs };
    const examples = [{ input: 'x', output: JSON.stringify({ a: value }) }];
    const startedAt = performance.now();
    expect(() => checkDefinition({ ...minimal, outputSchema, examples })).toThrow('takes too long');
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  it('may name the draft that it was written for', () => {
    const $schema = 'http://json-schema.org/draft-07/schema#';
    expect(violationsOf({ ...schema, $schema }, { n: 1 })).toEqual([]);
  });

  it('names what is wrong with a value', () => {
    expect(violationsOf(schema, { n: 1 })).toEqual([]);
    expect(violationsOf(schema, { n: 'x' })).toEqual(['n must be integer.']);
    const choice = { type: 'object', properties: { a: { enum: ['x', 'y'] } } };
    expect(violationsOf(choice, { a: 'z' })).toEqual([
      'a must be equal to one of the allowed values (x, y).',
    ]);
  });
});

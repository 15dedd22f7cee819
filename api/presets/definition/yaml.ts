import { parseDocument, stringify } from 'yaml';
import { badInput } from '../../errors/failures.ts';
import type { PresetDefinition } from '../preset.ts';
import { checkDefinition, presetLimits } from './definition.ts';

/** Maximum UTF-16 units of a preset's YAML. */
export const maxYamlLength = 2 * presetLimits.definition;

/** Increases when a field is removed or changes its meaning. */
const formatVersion = 1;

/** Returns a definition as one YAML file. `parsePreset` reads it back unchanged. */
export const presetYaml = (definition: PresetDefinition): string => {
  const { variables, workflow, ...rest } = definition;
  const file = {
    presetVersion: formatVersion,
    ...rest,
    workflow: workflow && toFile(workflow),
    variables: variables.map(({ type, ...variable }) => ({ ...filledIn(variable), type: toFile(type) })),
  };
  return stringify(filledIn(file), { lineWidth: 100 });
};

/** Reads a definition. Throws `BAD_USER_INPUT` with the line of a syntax error, or with the invalid field. */
export const parsePreset = (yaml: string): PresetDefinition => {
  if (yaml.length > maxYamlLength) {
    throw badInput('yaml', `yaml has ${yaml.length} characters; it may have at most ${maxYamlLength}.`);
  }
  const document = parseDocument(yaml, { prettyErrors: true });
  const [problem] = document.errors;
  if (problem) throw badInput('yaml', `The YAML is not valid. ${problem.message.split('\n')[0]}`);
  const file = toObject(document);
  if (typeof file !== 'object' || file === null || Array.isArray(file)) {
    throw badInput('yaml', 'The YAML is not a preset: it must be a mapping with name, title and template.');
  }
  const { presetVersion = formatVersion, variables, workflow, ...rest } = file as Record<string, unknown>;
  if (presetVersion !== formatVersion) {
    throw badInput(
      'presetVersion',
      `presetVersion is ${JSON.stringify(presetVersion)}; this server reads version ${formatVersion}.`,
    );
  }
  return checkDefinition({
    ...rest,
    ...(workflow !== undefined && { workflow: fromFile(workflow) }),
    ...(variables !== undefined && { variables: variablesOf(variables) }),
  });
};

/** Aliases can multiply a small file into a huge object, so few are allowed. */
const toObject = (document: ReturnType<typeof parseDocument>): unknown => {
  try {
    return document.toJS({ maxAliasCount: 20 });
  } catch {
    throw badInput('yaml', 'The YAML has too many aliases. Write their values out.');
  }
};

const variablesOf = (variables: unknown): unknown =>
  Array.isArray(variables)
    ? variables.map((variable: unknown) =>
        typeof variable === 'object' && variable !== null && 'type' in variable
          ? { ...variable, type: fromFile(variable.type) }
          : variable,
      )
    : variables;

/** `LONG_TEXT` is `long-text` in a file. */
const toFile = (name: string): string => name.toLowerCase().replaceAll('_', '-');

const fromFile = (name: unknown): unknown =>
  typeof name === 'string' ? name.toUpperCase().replaceAll('-', '_') : name;

/** Returns the fields that say something: neither null nor an empty list, object or text. */
const filledIn = (fields: object): object =>
  Object.fromEntries(
    Object.entries(fields).filter(
      ([, value]) => value !== null && value !== '' && !(typeof value === 'object' && isEmpty(value)),
    ),
  );

const isEmpty = (value: object): boolean => Object.keys(value).length === 0;

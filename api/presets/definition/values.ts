import { badInput } from '../../errors/failures.ts';
import type { PresetVariable, VariableValue, VariableValues } from '../preset.ts';

/** Maximum UTF-16 units of the text of a variable. */
export const maxValueLength = { TEXT: 2_000, SECRET: 2_000, LONG_TEXT: 1_000_000, FILE: 1_000_000 } as const;

/**
 * Returns the values by name, with defaults for absent ones. Throws `BAD_USER_INPUT` for a missing, unknown, mistyped or
 * too long value, and names it as `variables.name`.
 */
export const checkValues = (variables: readonly PresetVariable[], given: unknown): VariableValues => {
  if (given !== null && given !== undefined && (typeof given !== 'object' || Array.isArray(given))) {
    throw badInput('variables', 'variables must be an object with a value for each variable.');
  }
  const values = new Map<string, unknown>(Object.entries(given ?? {}));
  const known = variables.map(({ name }) => name);
  for (const name of values.keys()) {
    if (known.includes(name)) continue;
    const hint = known.length === 0 ? 'This preset has none.' : `Variables: ${known.join(', ')}.`;
    throw badInput('variables', `There is no variable "${name.slice(0, 80)}". ${hint}`);
  }
  const checked: Record<string, VariableValue> = {};
  for (const variable of variables) {
    const value = values.get(variable.name) ?? variable.default;
    const isBlank =
      value === null || value === undefined || (typeof value === 'string' && value.trim() === '');
    if (!isBlank) checked[variable.name] = checkValue(variable, value);
    else if (variable.required) {
      throw badInput(
        `variables.${variable.name}`,
        `variables.${variable.name} is missing. Fill in "${variable.label}".`,
      );
    }
  }
  return checked;
};

/** Returns the value. Throws `BAD_USER_INPUT` if it doesn't have the variable's type. */
export const checkValue = (
  { name, type, choices }: Pick<PresetVariable, 'name' | 'type' | 'choices'>,
  value: unknown,
  field = `variables.${name}`,
): VariableValue => {
  if (type === 'NUMBER') {
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw badInput(field, `${field} must be a number.`);
  }
  if (type === 'BOOLEAN') {
    if (typeof value === 'boolean') return value;
    throw badInput(field, `${field} must be true or false.`);
  }
  if (typeof value !== 'string') throw badInput(field, `${field} must be a text.`);
  if (type === 'CHOICE') {
    if (choices.includes(value)) return value;
    throw badInput(field, `${field} must be one of ${choices.join(', ')}.`);
  }
  const limit = maxValueLength[type];
  if (value.length > limit) {
    throw badInput(field, `${field} has ${value.length} characters; it may have at most ${limit}.`);
  }
  return value;
};

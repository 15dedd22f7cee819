import {
  DirectiveLocation,
  GraphQLBoolean,
  GraphQLDirective,
  GraphQLFloat,
  GraphQLInt,
  type GraphQLSchema,
  type InputValueDefinitionNode,
  isInputObjectType,
  isObjectType,
  parse,
  visit,
} from 'graphql';
import { boundsOf } from './checkBounds.ts';

/** The directive that shows the bounds of arguments and input fields in the SDL. */
export const constraintDirective = new GraphQLDirective({
  name: 'constraint',
  description:
    'The limits of a value. A value outside them fails with `BAD_USER_INPUT`; a prompt that is too long fails with `PROMPT_TOO_LARGE`.',
  locations: [DirectiveLocation.ARGUMENT_DEFINITION, DirectiveLocation.INPUT_FIELD_DEFINITION],
  args: {
    maxLength: {
      type: GraphQLInt,
      description:
        "The maximum length in UTF-16 code units: of a string, of each string in a list, or of a JSON value's text.",
    },
    maxItems: { type: GraphQLInt, description: 'The maximum number of list items.' },
    min: { type: GraphQLFloat, description: 'The minimum, inclusive.' },
    max: { type: GraphQLFloat, description: 'The maximum, inclusive.' },
    isPrompt: { type: GraphQLBoolean, description: 'Whether the string is a prompt.' },
  },
});

/** Adds `@constraint` directives to a printed schema. Keeps its layout. */
export const withConstraints = (sdl: string, schema: GraphQLSchema): string => {
  const insertions: { readonly at: number; readonly text: string }[] = [];
  const annotate = (
    nodes: readonly InputValueDefinitionNode[] = [],
    declared: readonly { readonly name: string; readonly extensions: Readonly<Record<string, unknown>> }[],
  ) => {
    for (const { name, loc } of nodes) {
      const bounds = Object.entries(boundsOf(declared.find((one) => one.name === name.value) ?? none));
      if (!loc || bounds.length === 0) continue;
      const values = bounds.map(([key, value]) => `${key}: ${value}`).join(', ');
      insertions.push({ at: loc.end, text: ` @${constraintDirective.name}(${values})` });
    }
  };

  visit(parse(sdl), {
    ObjectTypeDefinition({ name, fields = [] }) {
      const type = schema.getType(name.value);
      if (!isObjectType(type)) return;
      for (const field of fields) annotate(field.arguments, type.getFields()[field.name.value]?.args ?? []);
    },
    InputObjectTypeDefinition({ name, fields }) {
      const type = schema.getType(name.value);
      if (isInputObjectType(type)) annotate(fields, Object.values(type.getFields()));
    },
  });
  // From the end, so that earlier positions stay valid.
  return insertions
    .toSorted((one, other) => other.at - one.at)
    .reduce((text, { at, text: added }) => text.slice(0, at) + added + text.slice(at), sdl);
};

const none = { extensions: {} };

// graphql-eslint's rules for Relay and for names, on the schema. The modules are the arguments.
import { run, settings } from './features.mjs';

const { ESLint } = await import(process.argv[2]);
const { default: plugin, parser } = await import(process.argv[3]);
const schema = new URL('../../../schema/schema.graphql', import.meta.url).pathname;

const linted = async (rules) => {
  const eslint = new ESLint({
    cwd: new URL('../../../schema/', import.meta.url).pathname,
    overrideConfigFile: true,
    overrideConfig: {
      files: ['**/*.graphql'],
      languageOptions: { parser: parser ?? plugin.parser, parserOptions: { graphQLConfig: { schema } } },
      plugins: { '@graphql-eslint': plugin },
      rules: Object.fromEntries(
        Object.entries(rules).map(([name, options]) => [`@graphql-eslint/${name}`, ['error', ...options]]),
      ),
    },
  });
  const [result] = await eslint.lintFiles([schema]);
  const problems = result.messages.map(({ line, message }) => `${line}: ${message}`);
  if (problems.length > 0) throw new Error(problems.slice(0, 20).join('\n'));
  return settings.url !== '';
};

await run({
  'Relay rules': () =>
    linted({
      'relay-arguments': [],
      'relay-connection-types': [],
      // The nodes of three connections can't be fetched again by an id, and Relay's specification doesn't ask for it.
      'relay-edge-types': [{ listTypeCanWrapOnlyEdgeType: false, shouldImplementNode: false }],
      'relay-page-info': [],
    }),
  'naming rules': () =>
    linted({
      'naming-convention': [
        {
          types: 'PascalCase',
          FieldDefinition: 'camelCase',
          InputValueDefinition: 'camelCase',
          DirectiveDefinition: 'camelCase',
          EnumValueDefinition: 'UPPER_CASE',
          'FieldDefinition[parent.name.value=Query]': {
            forbiddenPrefixes: ['query', 'get'],
            forbiddenSuffixes: ['Query'],
          },
          'FieldDefinition[parent.name.value=Mutation]': {
            forbiddenPrefixes: ['mutation'],
            forbiddenSuffixes: ['Mutation'],
          },
          'FieldDefinition[parent.name.value=Subscription]': {
            forbiddenPrefixes: ['subscription'],
            forbiddenSuffixes: ['Subscription'],
          },
        },
      ],
      'no-hashtag-description': [],
      'require-description': [{ types: true, FieldDefinition: true, DirectiveDefinition: true }],
      'require-deprecation-reason': [],
      'unique-enum-value-names': [],
      'input-name': [{ checkInputType: true, caseSensitiveInputType: false }],
    }),
});

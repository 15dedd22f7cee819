import type { CodegenConfig } from '@graphql-codegen/cli';

/**
 * Generates the typed documents of the client package: each operation in a `.graphql` file gets the types of its variables
 * and of its result.
 */
const config: CodegenConfig = {
  schema: 'schema/schema.graphql',
  documents: ['client/**/*.graphql'],
  generates: {
    'client/__generated__/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: 'string',
        enumsAsTypes: true,
        importExtension: '.ts',
        emitLegacyCommonJSImports: false,
        scalars: { ID: 'string', DateTime: 'string', JSON: 'unknown', Upload: 'File' },
        strictScalars: true,
        useTypeImports: true,
      },
    },
  },
};

export default config;

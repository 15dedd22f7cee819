import type { CodegenConfig } from '@graphql-codegen/cli';

/**
 * Types for programs that speak to the API without Relay: a document written with `graphql(...)` has the types of its
 * variables and of its answer.
 */
const config: CodegenConfig = {
  schema: 'schema/schema.graphql',
  documents: ['schema/examples/*.ts'],
  generates: {
    'schema/examples/__generated__/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: 'string',
        enumsAsTypes: true,
        importExtension: '.ts',
        emitLegacyCommonJSImports: false,
        scalars: { DateTime: 'string', JSON: 'unknown' },
        strictScalars: true,
        useTypeImports: true,
      },
    },
  },
};

export default config;

const config = {
  src: './web',
  schema: './schema/schema.graphql',
  language: 'typescript',
  eagerEsModules: true,
  useImportTypeSyntax: true,
  excludes: ['**/node_modules/**', '**/__generated__/**', '**/dist/**'],
  // ops/build/relay.ts creates schema/persisted.json from this file. Pages also contain the text, for servers that don't
  // know the id yet: during a rolling deploy, replicas of the old release still answer.
  persistConfig: {
    file: './web/__generated__/persisted.json',
    algorithm: 'SHA256',
    include_query_text: true,
  },
  customScalarTypes: { DateTime: 'string', JSON: 'unknown' },
};

// relay-compiler reads this file with require(), which takes an ES module's export of this name as the whole module.
export { config as 'module.exports' };

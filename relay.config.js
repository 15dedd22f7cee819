const config = {
  src: './web',
  schema: './schema/schema.graphql',
  language: 'typescript',
  eagerEsModules: true,
  useImportTypeSyntax: true,
  excludes: ['**/node_modules/**', '**/__generated__/**', '**/dist/**'],
  customScalarTypes: { DateTime: 'string', JSON: 'unknown' },
};

// relay-compiler reads this file with require(), which takes an ES module's export of this name as the whole module.
export { config as 'module.exports' };

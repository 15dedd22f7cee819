import { traverse } from '@babel/core';
import { schema } from '../../api/schema.ts';
import { readSource, type Source, sourcesOf } from './source.ts';

/** A mutation or subscription field, and the file that defines it. */
interface Definition {
  readonly field: string;
  readonly file: string;
}

const isTesting = (file: string) => /\.(test|contract|testing)\.ts$/.test(file);

/** The builder's methods that define one root field, by the name in their first argument. */
const single = ['relayMutationField', 'mutationField', 'subscriptionField'];
/** The builder's methods that define several root fields at once: no file is found by their names. */
const several = ['mutationFields', 'subscriptionFields'];

const definitionsIn = ({ file, tree }: Source): readonly Definition[] => {
  const found: Definition[] = [];
  traverse(tree, {
    noScope: true,
    CallExpression({ node: { callee, arguments: args } }) {
      if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return;
      const method = callee.property.name;
      if (several.includes(method)) found.push({ field: `builder.${method}`, file });
      if (!single.includes(method)) return;
      const [name] = args;
      found.push({ field: name?.type === 'StringLiteral' ? name.value : 'a computed name', file });
    },
  });
  return found;
};

describe('the mutations and subscriptions of the graph', () => {
  let files: readonly string[];
  let sources: readonly Source[];
  let definitions: readonly Definition[];

  beforeAll(async () => {
    files = (await sourcesOf('api')).filter((file) => !isTesting(file));
    sources = await Promise.all(files.map(readSource));
    definitions = sources.flatMap(definitionsIn);
  }, 60_000);

  const rootFields = [schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) =>
    Object.keys(type?.getFields() ?? {}),
  );

  it('are each defined once', () => {
    expect(rootFields.length).toBeGreaterThan(30);
    expect(definitions.map(({ field }) => field).toSorted()).toEqual(rootFields.toSorted());
  });

  it("each have a file of their own, named like the field, in their noun's graph folder", () => {
    const misplaced = definitions.filter(
      ({ field, file }) => !new RegExp(`^api/\\w+/graph/(\\w+/)?${field}\\.ts$`).test(file),
    );
    expect(misplaced).toEqual([]);
    const ofFields = files.filter((file) =>
      rootFields.some((field) => new RegExp(`^api/\\w+/graph/(\\w+/)?${field}\\.ts$`).test(file)),
    );
    expect(ofFields).toEqual(definitions.map(({ file }) => file).toSorted());
  });

  it('are loaded by api/schema.ts, as all files of the graph folders are', () => {
    const next = new Map(
      sources.map(({ file, imports }) => [file, imports.filter(({ isType }) => !isType).map(({ to }) => to)]),
    );
    const loaded = new Set<string>();
    const load = (file: string) => {
      if (loaded.has(file)) return;
      loaded.add(file);
      for (const to of next.get(file) ?? []) load(to);
    };
    load('api/schema.ts');
    expect(files.filter((file) => /\/graph\//.test(file) && !loaded.has(file))).toEqual([]);
  });
});

import { traverse } from '@babel/core';
import { readSource, type Source, sourcesOf } from './source.ts';

/** Returns the variables that hold topics, by the name of the topic. */
const topicsIn = ({ tree }: Source): readonly (readonly [constant: string, name: string])[] => {
  const topics: (readonly [string, string])[] = [];
  traverse(tree, {
    noScope: true,
    VariableDeclarator({ node: { id, init } }) {
      if (id.type !== 'Identifier' || init?.type !== 'CallExpression') return;
      const [name] = init.arguments;
      const isTopic = init.callee.type === 'Identifier' && init.callee.name === 'defineTopic';
      if (isTopic && name?.type === 'StringLiteral') topics.push([id.name, name.value]);
    },
  });
  return topics;
};

/** Returns the first arguments of calls to a function: `publish(topic, …)`, `bus.publish(topic, …)`. */
const firstArguments = ({ tree }: Source, functions: readonly string[]): readonly string[] => {
  const found: string[] = [];
  traverse(tree, {
    noScope: true,
    CallExpression({ node: { callee, arguments: given } }) {
      const called = callee.type === 'MemberExpression' ? callee.property : callee;
      if (called.type !== 'Identifier' || !functions.includes(called.name)) return;
      for (const argument of given) if (argument.type === 'Identifier') found.push(argument.name);
    },
  });
  return found;
};

describe('topics', () => {
  let sources: readonly Source[];
  let topics: readonly (readonly [constant: string, name: string])[];

  beforeAll(async () => {
    const files = (await sourcesOf('api')).filter((file) => !/\.(test|contract|testing)\.ts$/.test(file));
    sources = await Promise.all(files.map(readSource));
    topics = sources.flatMap(topicsIn);
  }, 60_000);

  const without = (functions: readonly string[]) => {
    const used = new Set(sources.flatMap((source) => firstArguments(source, functions)));
    return topics.map(([constant]) => constant).filter((constant) => !used.has(constant));
  };

  it('have unique names', () => {
    const names = topics.map(([, name]) => name);
    expect(names.length).toBeGreaterThan(2);
    expect(names).toEqual([...new Set(names)]);
  });

  it('each have a publisher', () => {
    expect(without(['publish', 'notify'])).toEqual([]);
  });

  it('each have a subscriber', () => {
    expect(without(['subscribe', 'subscribeWithRetry', 'watchChanges'])).toEqual([]);
  });
});

import { traverse } from '@babel/core';
import { readSource, type Source, sourcesOf } from './source.ts';

/** Names of what is defined as a topic, by the text of the topic's own name. */
const topicsIn = ({ tree }: Source): readonly (readonly [constant: string, name: string])[] => {
  const topics: (readonly [string, string])[] = [];
  traverse(tree, {
    VariableDeclarator({ node: { id, init } }) {
      if (id.type !== 'Identifier' || init?.type !== 'CallExpression') return;
      const [name] = init.arguments;
      const isTopic = init.callee.type === 'Identifier' && init.callee.name === 'defineTopic';
      if (isTopic && name?.type === 'StringLiteral') topics.push([id.name, name.value]);
    },
  });
  return topics;
};

/** What is given first to functions of a name: `publish(topic, …)`, `bus.publish(topic, …)`. */
const firstArguments = ({ tree }: Source, functions: readonly string[]): readonly string[] => {
  const found: string[] = [];
  traverse(tree, {
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

  it('have names of their own', () => {
    const names = topics.map(([, name]) => name);
    expect(names.length).toBeGreaterThan(2);
    expect(names).toEqual([...new Set(names)]);
  });

  it('are each published by something', () => {
    expect(without(['publish', 'notify'])).toEqual([]);
  });

  it('are each listened to by something', () => {
    expect(without(['subscribe', 'keepListening'])).toEqual([]);
  });
});

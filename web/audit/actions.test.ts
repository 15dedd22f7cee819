import { readFile } from 'node:fs/promises';
import { buildSchema, type GraphQLEnumType } from 'graphql';
import { actionsOf, type Kind, kinds, wordsOf } from './actions.ts';

describe('the labels of audited actions', () => {
  it('cover every action, each in one group', async () => {
    const schema = buildSchema(await readFile('schema/schema.graphql', 'utf8'));
    const actions = (schema.getType('AuditAction') as GraphQLEnumType).getValues().map(({ name }) => name);
    const shown = Object.keys(kinds).flatMap((kind) => actionsOf(kind as Kind));
    expect([...shown].sort()).toEqual([...actions].sort());
  });

  it('are readable for actions of a newer server', () => {
    expect(wordsOf('SIGN_IN')).toBe('Sign in');
    expect(wordsOf('DO_SOMETHING_NEW')).toBe('Do something new');
  });
});

import { keepDraft } from '../messages/drafts.ts';
import { keepComparison, lanesOf, readComparison, startComparison } from './comparison.ts';

const answer = (id: string, model: string) => ({ id, generation: { model } });

describe('the lanes of a comparison', () => {
  it('are the latest answers of the chosen models, in the order of the choice', () => {
    const answers = [answer('1', 'a'), answer('2', 'b'), answer('3', 'a'), answer('4', 'c')];
    expect(lanesOf(answers, ['b', 'a', 'd'])).toEqual([
      { kind: 'answer', model: 'b', answer: answers[1] },
      { kind: 'answer', model: 'a', answer: answers[2] },
      { kind: 'missing', model: 'd' },
    ]);
  });

  it('are the latest four answers if no models were chosen', () => {
    const answers = ['1', '2', '3', '4', '5'].map((id) => answer(id, 'a'));
    expect(lanesOf(answers, []).map((lane) => lane.kind === 'answer' && lane.answer.id)).toEqual([
      '2',
      '3',
      '4',
      '5',
    ]);
  });
});

describe('the comparison of a conversation', () => {
  afterEach(() => localStorage.clear());

  it('is kept in the browser, with the models that are still to be asked', () => {
    const comparison = startComparison('c', 'q', ['a', 'b', 'c']);
    expect(comparison.waiting).toEqual(['b', 'c']);
    expect(readComparison('c')).toEqual(comparison);
    keepComparison('c', { ...comparison, waiting: [], held: ['c'], isShown: false });
    expect(readComparison('c')).toMatchObject({ waiting: [], held: ['c'], isShown: false });
    expect(readComparison('other')).toBeNull();
  });

  it.each(['{', '[]', '{"questionId":1}', 'null', '{"models":["a"]}'])(
    'ignores %s in the storage',
    (text) => {
      keepDraft('c.comparison', text);
      expect(readComparison('c')).toBeNull();
    },
  );

  it('asks no more models than were chosen, and four at most', () => {
    const models = ['a', 'b', 'c', 'd', 'e', 7];
    keepDraft('c.comparison', JSON.stringify({ questionId: 'q', models, waiting: ['e', 'x', 'd'] }));
    expect(readComparison('c')).toMatchObject({ models: ['a', 'b', 'c', 'd'], waiting: ['d'] });
  });
});

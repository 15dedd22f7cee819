import { act, fireEvent, render, screen } from '@testing-library/react';
import { Frame } from '../testing/Frame.tsx';
import { createGraph } from '../testing/graph.ts';
import { CollectionChoices } from './CollectionChoices.tsx';

const boxes = () => screen.getAllByRole<HTMLInputElement>('checkbox');
const limit = () => screen.queryByText('At most 10 collections can be chosen. Clear one to choose another.');

describe('the choice of collections', () => {
  it('ends at the maximum, says so, and goes on when one is cleared', async () => {
    const graph = createGraph();
    render(
      <Frame environment={graph.environment}>
        <CollectionChoices id="f" fetchKey={0} onLeave={() => {}} />
      </Frame>,
    );
    const all = Array.from({ length: 12 }, (_, at) => ({ id: `c${at}`, name: `Papers ${at}` }));
    const asked = graph.latest('CollectionChoicesQuery');
    await act(async () => {
      asked.next({
        node: {
          __typename: 'Folder',
          id: 'f',
          collections: all.slice(0, 9).map((collection) => ({ collectionId: collection.id, collection })),
        },
        collections: { edges: all.map((node) => ({ node })) },
      });
      asked.complete();
    });
    expect(boxes().filter(({ checked }) => checked)).toHaveLength(9);
    expect(boxes().filter(({ disabled }) => disabled)).toEqual([]);
    expect(limit()).toBeNull();
    fireEvent.click(screen.getByLabelText('Papers 11'));
    expect(boxes().filter(({ disabled }) => disabled)).toHaveLength(2);
    expect(limit()).not.toBeNull();
    fireEvent.click(screen.getByLabelText('Papers 0'));
    expect(boxes().filter(({ disabled }) => disabled)).toEqual([]);
    expect(boxes().filter(({ checked }) => checked)).toHaveLength(9);
    expect(limit()).toBeNull();
  });
});

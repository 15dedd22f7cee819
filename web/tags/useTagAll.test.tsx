import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import { Frame } from '../testing/Frame.tsx';
import { createGraph } from '../testing/graph.ts';
import { useTagAll } from './useTagAll.ts';

const TagThree = () => {
  const tagAll = useTagAll();
  return (
    <button type="button" onClick={() => void tagAll(['one', 'two', 'three'], 'Sea', true)}>
      Tag
    </button>
  );
};

describe('tagging several conversations', () => {
  it('changes none whose tags are unknown, goes on after a failure, and offers Undo', async () => {
    const graph = createGraph();
    render(
      <Frame environment={graph.environment}>
        <TagThree />
      </Frame>,
    );
    const read = async (count: number, tags: readonly string[] | null) => {
      await waitFor(() => expect(graph.asked('useTagAllQuery')).toHaveLength(count));
      const { variables, next, complete } = graph.latest('useTagAllQuery');
      next({ node: tags && { __typename: 'Conversation', id: variables.id, tags } });
      complete();
    };
    const changed = async (count: number) => {
      await waitFor(() => expect(graph.asked('useTagAllMutation')).toHaveLength(count));
      return graph.latest('useTagAllMutation');
    };
    fireEvent.click(screen.getByText('Tag'));
    await read(1, null);
    await read(2, ['Home']);
    (await changed(1)).fail(new Error('The server is busy.'));
    await read(3, ['Work']);
    const last = await changed(2);
    expect(last.variables).toEqual({ input: { id: 'three', tags: ['Work', 'Sea'] } });
    last.next({ updateConversation: { conversation: { id: 'three', tags: ['Work', 'Sea'] } } });
    last.complete();
    await screen.findByText(/^1 of 3 were changed\./);
    fireEvent.click(screen.getByText('Undo'));
    await read(4, ['Work', 'Sea']);
    expect((await changed(3)).variables).toEqual({ input: { id: 'three', tags: ['Work'] } });
  });
});

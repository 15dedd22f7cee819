import { jest } from '@jest/globals';
import { act, render, screen } from '@testing-library/react';
import { Frame } from '../testing/Frame.tsx';
import { createGraph } from '../testing/graph.ts';
import { ToolCalls } from './ToolCalls.tsx';

const open = (text: string) => {
  const graph = createGraph();
  const page = (shown: string) => (
    <Frame environment={graph.environment}>
      <ToolCalls generationId="g" text={shown} isStreaming={false}>
        {(part, isLast) => part !== '' && <p>{isLast ? `${part}…` : part}</p>}
      </ToolCalls>
    </Frame>
  );
  const { container, rerender } = render(page(text));
  return {
    graph,
    write: (longer: string) => rerender(page(longer)),
    /** The parts of the text and the names of the tools, from top to bottom. */
    shown: () => [...container.querySelectorAll('p:not([role]), li')].map(({ textContent }) => textContent),
  };
};

const answer = (graph: ReturnType<typeof createGraph>, ...offsets: number[]) =>
  act(async () => {
    const query = graph.latest('useToolCallsQuery');
    const toolCalls = offsets.map((offset, index) => ({
      id: `g.${index + 1}`,
      name: `tool_${index + 1}`,
      state: 'SUCCEEDED',
      viewerCanDecide: false,
      decideBefore: null,
      offset,
    }));
    query.next({ node: { __typename: 'Generation', id: 'g', toolCalls } });
    query.complete();
  });

describe('the calls of tools of an answer', () => {
  it('are shown where they were made in the text, which goes on after them', async () => {
    const { graph, write, shown } = open('Look. Then.');
    await answer(graph, 5, 5, 11);
    expect(shown()).toEqual(['Look.', 'tool_1Done', 'tool_2Done', ' Then.', 'tool_3Done']);
    write('Look. Then. End.');
    expect(shown()).toEqual(['Look.', 'tool_1Done', 'tool_2Done', ' Then.', 'tool_3Done', ' End.…']);
    expect(screen.getAllByRole('list', { name: 'Calls of tools' })).toHaveLength(2);
  });

  it('hide no text while they load, and if they can’t be loaded', async () => {
    const { graph, shown } = open('Look. End.');
    expect(shown()).toEqual(['Look. End.…']);
    const silent = jest.spyOn(console, 'error').mockImplementation(() => {});
    await act(async () => graph.latest('useToolCallsQuery').fail(new Error('offline')));
    silent.mockRestore();
    expect(shown()).toContain('Look. End.…');
    await act(async () => screen.getByRole('button', { name: 'Try again' }).click());
    await answer(graph, 5);
    expect(shown()).toEqual(['Look.', 'tool_1Done', ' End.…']);
  });
});

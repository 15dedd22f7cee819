import { act, render, screen, waitFor } from '@testing-library/react';
import { Profiler } from 'react';
import { graphql, useFragment, useLazyLoadQuery } from 'react-relay';
import { Frame } from '../testing/Frame.tsx';
import { createGraph, type Graph } from '../testing/graph.ts';
import type { useGenerationStreamTest_text$key } from './__generated__/useGenerationStreamTest_text.graphql.ts';
import type { useGenerationStreamTestQuery } from './__generated__/useGenerationStreamTestQuery.graphql.ts';
import { GenerationWatch } from './GenerationWatch.tsx';
import { restartStream } from './streamRestarts.ts';

const stream = 'useGenerationStreamSubscription';

const Text = ({ message }: { message: useGenerationStreamTest_text$key }) => {
  const { content } = useFragment(
    graphql`
      fragment useGenerationStreamTest_text on Message {
        content
      }
    `,
    message,
  );
  return <p data-testid="text">{content}</p>;
};

const Page = ({ onRender }: { onRender: (part: string) => void }) => {
  const { node } = useLazyLoadQuery<useGenerationStreamTestQuery>(
    graphql`
      query useGenerationStreamTestQuery {
        node(id: "m") {
          ... on Message {
            ...useGenerationStreamTest_text @alias(as: "text")
            ...GenerationWatch_message @alias(as: "watch")
          }
        }
      }
    `,
    {},
  );
  onRender('page');
  return (
    <>
      {node?.watch && <GenerationWatch message={node.watch} />}
      <Profiler id="text" onRender={() => onRender('text')}>
        {node?.text && <Text message={node.text} />}
      </Profiler>
    </>
  );
};

const generation = {
  __typename: 'Generation',
  id: 'g',
  status: 'RUNNING',
  thinking: null,
  queuePosition: null,
};
const message = (content: string, status = 'RUNNING') => ({
  node: {
    __typename: 'Message',
    id: 'm',
    content,
    createdAt: '2026-01-01T00:00:00.000Z',
    generation: { ...generation, status },
  },
});

const open = async (content: string, status?: string) => {
  const graph = createGraph();
  const renders: string[] = [];
  render(
    <Frame environment={graph.environment}>
      <Page onRender={(part) => renders.push(part)} />
    </Frame>,
  );
  await act(async () => {
    const query = graph.latest('useGenerationStreamTestQuery');
    query.next(message(content, status));
    query.complete();
  });
  return { graph, renders };
};

const send = (
  graph: Graph,
  offset: number,
  delta: string,
  rest: { status?: string; attempt?: number } = {},
  thinking: { offset: number; delta: string } = { offset: 0, delta: '' },
) =>
  act(() =>
    graph.latest(stream).next({
      generation: {
        offset,
        delta,
        cursor: offset + delta.length,
        thinkingOffset: thinking.offset,
        thinkingDelta: thinking.delta,
        queuePosition: null,
        generation: {
          id: 'g',
          status: 'RUNNING',
          attempt: 1,
          finishReason: null,
          canContinue: false,
          toolCallCount: 0,
          toolCalls: [],
          error: null,
          usage: null,
          ...rest,
        },
      },
    }),
  );

const thoughts = (graph: Graph) => graph.environment.getStore().getSource().get('g')?.thinking ?? null;

const text = () => screen.getByTestId('text').textContent;

describe('the stream of an answer', () => {
  it('starts after the text in the store', async () => {
    const { graph } = await open('Two and');
    expect(graph.latest(stream).variables).toEqual({ id: 'g', after: 7 });
  });

  it('writes each delta once', async () => {
    const { graph } = await open('');
    send(graph, 0, 'Two ');
    send(graph, 4, 'and');
    send(graph, 0, 'Two and');
    send(graph, 7, ' two');
    expect(text()).toBe('Two and two');
  });

  it('restarts the text with a new attempt', async () => {
    const { graph } = await open('An earlier try, cut by');
    send(graph, 0, 'Four', { attempt: 2 });
    expect(text()).toBe('Four');
  });

  it('writes thinking, and removes it with a new attempt that has none', async () => {
    const { graph } = await open('');
    send(graph, 0, '', {}, { offset: 0, delta: 'Two and ' });
    send(graph, 0, 'Fo', {}, { offset: 8, delta: 'two.' });
    send(graph, 2, 'ur', {}, { offset: 12, delta: '' });
    expect(thoughts(graph)).toBe('Two and two.');
    send(graph, 0, 'Four', { attempt: 2 });
    expect(thoughts(graph)).toBe('');
    send(graph, 4, '.', { attempt: 2 }, { offset: 0, delta: 'Anew.' });
    expect(thoughts(graph)).toBe('Anew.');
  });

  it('subscribes again after a gap in the thinking', async () => {
    const { graph } = await open('Two');
    const first = graph.latest(stream);
    send(graph, 3, ' and', {}, { offset: 5, delta: 'lost' });
    await waitFor(() => expect(graph.latest(stream)).not.toBe(first));
    expect(first.isOpen()).toBe(false);
    expect(thoughts(graph)).toBeNull();
    send(graph, 3, ' and', {}, { offset: 0, delta: 'Not lost' });
    expect([text(), thoughts(graph)]).toEqual(['Two and', 'Not lost']);
  });

  it('subscribes again from the end of the text after a gap', async () => {
    const { graph } = await open('Two');
    const first = graph.latest(stream);
    send(graph, 9, 'four');
    expect(text()).toBe('Two');
    await waitFor(() => expect(graph.latest(stream)).not.toBe(first));
    expect(first.isOpen()).toBe(false);
    expect(graph.latest(stream).variables).toEqual({ id: 'g', after: 3 });
  });

  it('restarts on request, as long as the answer is running', async () => {
    const { graph } = await open('Two');
    const first = graph.latest(stream);
    expect(restartStream('g')).toBe(true);
    await waitFor(() => expect(graph.latest(stream)).not.toBe(first));
    expect(first.isOpen()).toBe(false);
    send(graph, 3, ' and two', { status: 'COMPLETED' });
    expect(restartStream('g')).toBe(false);
    expect(graph.asked(stream)).toHaveLength(2);
  });

  it('rerenders only the text on a token', async () => {
    const { graph, renders } = await open('');
    renders.length = 0;
    for (let offset = 0; offset < 50; offset += 1) send(graph, offset, 'x');
    expect(renders.filter((part) => part === 'text')).toHaveLength(50);
    expect(renders).not.toContain('page');
  });

  it('unsubscribes when the answer has ended, and announces it', async () => {
    const { graph } = await open('');
    const watched = graph.latest(stream);
    expect(screen.getByRole('status', { name: 'Announcements' }).textContent).toBe('Answering…');
    send(graph, 0, 'Four.', { status: 'COMPLETED' });
    expect(watched.isOpen()).toBe(false);
    expect(text()).toBe('Four.');
    expect(screen.getByRole('status', { name: 'Announcements' }).textContent).toBe('Answer finished.');
  });

  it('is not opened for an answer that has ended', async () => {
    const { graph } = await open('Four.', 'COMPLETED');
    expect(graph.asked(stream)).toHaveLength(0);
  });
});

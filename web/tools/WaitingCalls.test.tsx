import { jest } from '@jest/globals';
import { act, fireEvent, render, screen } from '@testing-library/react';
import { createOperationDescriptor, getRequest } from 'relay-runtime';
import { Frame } from '../testing/Frame.tsx';
import { createGraph } from '../testing/graph.ts';
import { toolCallsQuery } from './useToolCalls.ts';
import { WaitingCalls } from './WaitingCalls.tsx';

const open = (ids: readonly string[]) => {
  const { environment, asked } = createGraph();
  const onShow = jest.fn();
  const { container } = render(
    <Frame environment={environment}>
      <main>
        <WaitingCalls generationIds={ids} onShow={onShow} />
      </main>
    </Frame>,
  );
  /** Writes a call as the stream of its answer does. */
  const write = (id: string, state: string) => {
    const toolCalls = [
      {
        id: `${id}.1`,
        offset: 0,
        name: 'read',
        state: 'SUCCEEDED',
        viewerCanDecide: false,
        decideBefore: null,
      },
      {
        id: `${id}.2`,
        offset: 0,
        name: 'no\u202ete',
        state,
        viewerCanDecide: state === 'WAITING',
        decideBefore: null,
      },
    ];
    act(() =>
      environment.commitPayload(createOperationDescriptor(getRequest(toolCallsQuery), { id }), {
        node: { __typename: 'Generation', id, toolCalls },
      }),
    );
  };
  const shown = () => [...container.querySelectorAll('main p')].map(({ textContent }) => textContent);
  return { asked, onShow, write, shown };
};

describe('the calls that wait for a decision', () => {
  it('are named beside the composer, announced, and shown on request, without a request to the server', () => {
    const { asked, onShow, write, shown } = open(['a', 'b']);
    expect(shown()).toEqual([]);
    write('b', 'PENDING');
    expect(shown()).toEqual([]);
    write('b', 'WAITING');
    expect(shown()).toEqual(['The answer waits for your decision on no\\u202Ete.']);
    expect(screen.getByRole('status', { name: 'Announcements' }).textContent).toBe(
      'The model asks to call the tool no\\u{202E}te.',
    );
    fireEvent.click(screen.getByRole('button', { name: 'Show' }));
    expect(onShow).toHaveBeenCalledWith('b.2');
    write('b', 'RUNNING');
    expect(shown()).toEqual([]);
    expect(asked('useToolCallsQuery')).toEqual([]);
  });
});

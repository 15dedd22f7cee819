import { act, fireEvent, render, screen } from '@testing-library/react';
import { RequestFailure } from '../relay/failure.ts';
import { Frame } from '../testing/Frame.tsx';
import { createGraph } from '../testing/graph.ts';
import { AnswerTools } from '../tools/AnswerTools.ts';
import { EditMessage } from './EditMessage.tsx';

const open = (tools: readonly string[]) => {
  const graph = createGraph();
  const page = (names: readonly string[]) => (
    <Frame environment={graph.environment}>
      <AnswerTools value={names}>
        <EditMessage id="m" content="Before" onSent={() => {}} onCancel={() => {}} />
      </AnswerTools>
    </Frame>
  );
  const { rerender } = render(page(tools));
  const field = screen.getByRole('textbox', { name: 'Message to edit' });
  fireEvent.change(field, { target: { value: 'After' } });
  const send = () => fireEvent.keyDown(field, { key: 'Enter', ctrlKey: true });
  return {
    send,
    input: () => graph.latest('useEditMessageMutation'),
    choose: (names: string[]) => rerender(page(names)),
  };
};

describe('editing a message', () => {
  it('sends the chosen tools', () => {
    const { send, input } = open(['add', 'note']);
    send();
    expect(input().variables.input).toMatchObject({
      messageId: 'm',
      content: 'After',
      tools: ['add', 'note'],
    });
  });

  it('sends no field for no tools', () => {
    const { send, input } = open([]);
    send();
    expect(input().variables.input).not.toHaveProperty('tools');
  });

  it('is another request with other tools', async () => {
    const { send, input, choose } = open(['add']);
    const keys: unknown[] = [];
    for (const names of [['add'], ['note']]) {
      choose(names);
      send();
      keys.push(input().variables.input.idempotencyKey);
      await act(async () => input().fail(new RequestFailure('UNREACHABLE', 'No.')));
    }
    expect(keys[0]).not.toBe(keys[1]);
  });
});

import { act, fireEvent, render, screen } from '@testing-library/react';
import { RequestFailure } from '../relay/failure.ts';
import { Frame } from '../testing/Frame.tsx';
import { createGraph } from '../testing/graph.ts';
import { Problem } from '../ui/Problem.tsx';
import { Composer } from './Composer.tsx';
import { useDraft } from './useDraft.ts';
import { useSendMessage } from './useSendMessage.ts';

const Page = ({ parentId = 'p' }: { parentId?: string }) => {
  const draft = useDraft('c');
  const { send, isSending, pending, problem } = useSendMessage({
    conversationId: 'c',
    parentId,
    onUnsent: draft.restore,
  });
  return (
    <>
      <output aria-label="Pending">{pending}</output>
      <Composer
        draft={draft}
        onSend={send}
        onStop={null}
        isSending={isSending}
        notice={problem && <Problem>{problem}</Problem>}
      />
    </>
  );
};

const open = () => {
  const graph = createGraph();
  const page = render(<Page />, {
    wrapper: ({ children }) => <Frame environment={graph.environment}>{children}</Frame>,
  });
  const field = screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Message' });
  const write = (value: string) => fireEvent.change(field, { target: { value } });
  const enter = (init = {}) => fireEvent.keyDown(field, { key: 'Enter', ...init });
  return { graph, page, field, write, enter, sent: () => graph.latest('useSendMessageMutation') };
};

const pending = () => screen.getByRole('status', { name: 'Pending' }).textContent;

describe('sending a message', () => {
  afterEach(() => localStorage.clear());

  it('shows it at once, and empties the field', () => {
    const { field, write, enter, sent } = open();
    write('What is 2+2?');
    enter();
    expect(pending()).toBe('What is 2+2?');
    expect(field.value).toBe('');
    expect(sent().variables.input).toMatchObject({
      prompt: 'What is 2+2?',
      conversationId: 'c',
      parentId: 'p',
    });
  });

  it('no longer shows it apart once the conversation has it, whoever brought it', () => {
    const { page, write, enter } = open();
    write('What is 2+2?');
    enter();
    page.rerender(<Page parentId="the-new-message" />);
    expect(pending()).toBe('');
  });

  it('gives the text back, and says why, when it can not be sent', async () => {
    const { field, write, enter, sent } = open();
    write('Please');
    enter();
    await act(async () => sent().fail(new RequestFailure('PROMPT_TOO_LARGE', 'The prompt is too long.')));
    expect(field.value).toBe('Please');
    expect(screen.getByRole('alert').textContent).toBe('The prompt is too long.');
    expect(pending()).toBe('');
  });

  it('keeps what was written since, behind what comes back', async () => {
    const { field, write, enter, sent } = open();
    write('First');
    enter();
    write('Second');
    await act(async () => sent().fail(new RequestFailure('INTERNAL', 'x')));
    expect(field.value).toBe('First\n\nSecond');
  });

  it('sends with the same key again what may have arrived, and with a new one what was refused', async () => {
    const { write, enter, sent } = open();
    const keys: unknown[] = [];
    for (const code of ['UNREACHABLE', 'RATE_LIMITED', 'INTERNAL'] as const) {
      write('Again');
      enter();
      keys.push(sent().variables.input.idempotencyKey);
      await act(async () => sent().fail(new RequestFailure(code, 'No.')));
      write('');
    }
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[1]);
  });

  it('does not take Shift+Enter, nor the Enter of an unfinished composition, for sending', () => {
    const { graph, write, enter } = open();
    write('Line');
    enter({ shiftKey: true });
    enter({ isComposing: true });
    enter({ keyCode: 229 });
    expect(graph.asked('useSendMessageMutation')).toHaveLength(0);
  });

  it('keeps a draft over a reload', () => {
    const { page, write } = open();
    write('Half a thou');
    page.unmount();
    expect(open().field.value).toBe('Half a thou');
  });
});

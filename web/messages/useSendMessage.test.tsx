import { jest } from '@jest/globals';
import { act, fireEvent, render, screen } from '@testing-library/react';
import { RequestFailure } from '../relay/failure.ts';
import { Frame } from '../testing/Frame.tsx';
import { type Asked, createGraph } from '../testing/graph.ts';
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

  it('removes the pending copy once the conversation has it, by mutation or event', () => {
    const { page, write, enter } = open();
    write('What is 2+2?');
    enter();
    page.rerender(<Page parentId="the-new-message" />);
    expect(pending()).toBe('');
  });

  it('restores the text and shows the error when it can’t be sent', async () => {
    const { field, write, enter, sent } = open();
    write('Please');
    enter();
    await act(async () => sent().fail(new RequestFailure('PROMPT_TOO_LARGE', 'The prompt is too long.')));
    expect(field.value).toBe('Please');
    expect(screen.getByRole('alert').textContent).toBe('The prompt is too long.');
    expect(pending()).toBe('');
  });

  it('keeps text written since behind the restored text', async () => {
    const { field, write, enter, sent } = open();
    write('First');
    enter();
    write('Second');
    await act(async () => sent().fail(new RequestFailure('INTERNAL', 'x')));
    expect(field.value).toBe('First\n\nSecond');
  });

  it('retries with the same key after a lost response, and with a new key after a rejection', async () => {
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

  describe('too often', () => {
    beforeEach(() => {
      // React's own act() needs real microtasks.
      jest.useFakeTimers({ doNotFake: ['queueMicrotask'] });
    });
    afterEach(() => {
      jest.useRealTimers();
    });
    const send = () => screen.getByRole<HTMLButtonElement>('button', { name: 'Send' });
    const refuse = async (sent: () => Asked) =>
      act(async () =>
        sent().fail(new RequestFailure('RATE_LIMITED', 'Too many answers. Try again in 3 s.', 3)),
      );
    /** Finds the visible text, not only the one for screen readers. */
    const shown = (text: string) => screen.getByText(text, { selector: 'p' });
    const pass = (ms: number) => act(async () => void jest.advanceTimersByTime(ms));

    it('keeps the text, counts down, explains a press during the countdown, and sends again afterwards', async () => {
      const { graph, field, write, enter, sent } = open();
      write('Please');
      enter();
      await refuse(sent);
      expect(field.value).toBe('Please');
      expect(document.activeElement).toBe(field);
      expect(shown('Too many answers. You can send again in 3 s.')).toBeTruthy();
      await pass(1000);
      const reason = shown('Too many answers. You can send again in 2 s.');
      expect(send().getAttribute('aria-disabled')).toBe('true');
      expect(send().getAttribute('aria-describedby')).toBe(reason.id);
      enter();
      fireEvent.click(send());
      expect(graph.asked('useSendMessageMutation')).toHaveLength(1);
      expect(screen.getByRole('status', { name: 'Announcements' }).textContent).toBe(
        'Too many answers. You can send again in 2 s.',
      );
      await pass(2000);
      expect(screen.queryByText(/You can send again in/)).toBeNull();
      expect(screen.getByRole('status', { name: 'Announcements' }).textContent).toBe('You can send again.');
      expect(graph.asked('useSendMessageMutation')).toHaveLength(1);
      enter();
      expect(graph.asked('useSendMessageMutation')).toHaveLength(2);
    });

    it('ends when a tab that was suspended during the countdown becomes visible', async () => {
      const { write, enter, sent } = open();
      write('Please');
      enter();
      await refuse(sent);
      jest.setSystemTime(Date.now() + 60_000);
      await act(async () => void document.dispatchEvent(new Event('visibilitychange')));
      expect(screen.queryByText(/You can send again in/)).toBeNull();
      expect(send().getAttribute('aria-disabled')).toBeNull();
    });

    it('leaves no timer when the page is left', async () => {
      const { page, write, enter, sent } = open();
      write('Please');
      enter();
      await refuse(sent);
      expect(jest.getTimerCount()).toBeGreaterThan(0);
      page.unmount();
      expect(jest.getTimerCount()).toBe(0);
    });
  });

  it('does not send on Shift+Enter, nor on the Enter of an unfinished composition', () => {
    const { graph, write, enter } = open();
    write('Line');
    enter({ shiftKey: true });
    enter({ isComposing: true });
    enter({ keyCode: 229 });
    expect(graph.asked('useSendMessageMutation')).toHaveLength(0);
  });

  it('keeps a draft across a reload', () => {
    const { page, write } = open();
    write('Half a thou');
    page.unmount();
    expect(open().field.value).toBe('Half a thou');
  });
});

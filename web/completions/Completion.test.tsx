import { act, fireEvent, render, screen } from '@testing-library/react';
import { MemoryRouter, Route, Routes, useLocation } from 'react-router';
import { createConnection } from '../relay/connection.ts';
import { RequestFailure } from '../relay/failure.ts';
import { SessionProvider } from '../session/SessionProvider.tsx';
import { Frame } from '../testing/Frame.tsx';
import { createGraph } from '../testing/graph.ts';
import { CompletionAnswer } from './CompletionAnswer.tsx';
import { CompletionForm } from './CompletionForm.tsx';
import type { Complete, CompletionChunk, CompletionRequest } from './completion.ts';
import { useCompletion } from './useCompletion.ts';

/** A response that the test controls. */
const createAnswer = () => {
  let step = Promise.withResolvers<CompletionChunk | null>();
  const asked: { request: CompletionRequest; signal: AbortSignal }[] = [];
  const complete: Complete = async function* (request, signal) {
    asked.push({ request, signal });
    step = Promise.withResolvers();
    const { promise: left, reject } = Promise.withResolvers<never>();
    signal.addEventListener('abort', () => reject(signal.reason));
    for (;;) {
      const chunk = await Promise.race([step.promise, left]);
      step = Promise.withResolvers();
      if (!chunk) return;
      yield chunk;
    }
  };
  const settle = (how: () => void) => act(async () => how());
  return {
    complete,
    asked,
    say: (text: string, used: CompletionChunk['used'] = null) =>
      settle(() => step.resolve({ model: 'small:1b', text, thinking: '', used })),
    end: () => settle(() => step.resolve(null)),
    fail: (error: Error) => settle(() => step.reject(error)),
  };
};

const Elsewhere = () => {
  const { pathname, search } = useLocation();
  return <p>{`At ${pathname}${search}`}</p>;
};

const Test = ({ complete }: { complete: Complete }) => {
  const { completion, generate, stop } = useCompletion(complete);
  const installed = [{ name: 'small:1b', isDefault: true }];
  return (
    <>
      <CompletionForm
        installed={installed}
        isEmbedded
        isRunning={completion.status === 'running'}
        onGenerate={generate}
        onStop={stop}
      />
      <CompletionAnswer completion={completion} />
    </>
  );
};

const open = async () => {
  const answer = createAnswer();
  const { environment } = createGraph();
  const session = { environment, connection: createConnection(), end: () => {} };
  const sessions = { current: () => session, subscribe: () => () => {}, renew: () => {} };
  render(
    <SessionProvider sessions={sessions}>
      <Frame environment={environment}>
        <MemoryRouter initialEntries={['/llm-test']}>
          <Routes>
            <Route path="/llm-test" element={<Test complete={answer.complete} />} />
            <Route path="*" element={<Elsewhere />} />
          </Routes>
        </MemoryRouter>
      </Frame>
    </SessionProvider>,
  );
  return answer;
};

const button = (name: string) => screen.queryByRole<HTMLButtonElement>('button', { name });

const generate = async (prompt = 'What is 2+2?') => {
  fireEvent.change(screen.getByLabelText('Prompt', { selector: 'textarea' }), { target: { value: prompt } });
  await act(async () => {
    fireEvent.click(screen.getByRole('button', { name: 'Generate' }));
  });
};

describe('trying a model', () => {
  it('offers the three models and the installed ones', async () => {
    await open();
    const options = screen.getAllByRole('option').map(({ textContent }) => textContent);
    expect(options).toEqual(['Llama 3.2 (Fast)', 'Mistral (Balanced)', 'CodeLlama (Code)', 'small:1b']);
    expect(button('Generate')?.disabled).toBe(true);
  });

  it('asks the chosen model, streams the answer, and shows which model answered', async () => {
    const answer = await open();
    fireEvent.change(screen.getByLabelText('Model'), { target: { value: 'mistral' } });
    await generate();
    expect(answer.asked[0]?.request).toEqual({ model: 'mistral', prompt: 'What is 2+2?' });
    expect(button('Generating…')).toBeTruthy();
    expect(screen.getByText('Waiting for the first words…')).toBeTruthy();
    await answer.say('Fo');
    await answer.say('ur', { tokens: 2, tokensPerSecond: 40, seconds: 0.51 });
    expect(await screen.findByText('Four')).toBeTruthy();
    expect(screen.getByText('small:1b, in place of mistral')).toBeTruthy();
    await answer.end();
    expect(screen.getByText('2 tokens · 0.5 s · 40 tokens/s')).toBeTruthy();
    expect(button('Generate')).toBeTruthy();
  });

  it('keeps the partial text of a failed answer, shows the error, and allows another try', async () => {
    const answer = await open();
    await generate();
    await answer.say('Half an');
    await answer.fail(new RequestFailure('ENGINE_FAILED', 'Ollama broke off.'));
    expect(screen.getByRole('alert').textContent).toBe('Ollama broke off.');
    expect(await screen.findByText('Half an')).toBeTruthy();
    await generate();
    expect(screen.queryByRole('alert')).toBeNull();
    expect(answer.asked).toHaveLength(2);
  });

  it('keeps the prompt when a rate limit is hit, and shows how long to wait', async () => {
    const answer = await open();
    await generate();
    await answer.fail(new RequestFailure('RATE_LIMITED', 'Too many answers. Try again in 60 s.', 60));
    const reason = screen.getByText(/^Too many answers\. You can send again in \d+ s\.$/, { selector: 'p' });
    expect(button('Generate')?.getAttribute('aria-disabled')).toBe('true');
    expect(button('Generate')?.getAttribute('aria-describedby')).toBe(reason.id);
    await generate();
    expect(answer.asked).toHaveLength(1);
    expect(screen.getByDisplayValue('What is 2+2?')).toBeTruthy();
  });

  it('stops, and shows that it stopped', async () => {
    const answer = await open();
    await generate();
    await answer.say('Half an');
    await act(async () => {
      fireEvent.click(screen.getByRole('button', { name: 'Stop' }));
    });
    expect(answer.asked[0]?.signal.aborted).toBe(true);
    expect(screen.getByText('Stopped.')).toBeTruthy();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('redirects to the sign-in page and back when the session has ended', async () => {
    const answer = await open();
    await generate();
    await answer.fail(new RequestFailure('UNAUTHENTICATED', 'Sign in first.'));
    expect(await screen.findByText('At /login?next=%2Fllm-test')).toBeTruthy();
  });
});

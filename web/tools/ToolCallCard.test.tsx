import { jest } from '@jest/globals';
import { act, fireEvent, render, screen } from '@testing-library/react';
import { RequestFailure } from '../relay/failure.ts';
import { Frame } from '../testing/Frame.tsx';
import { createGraph } from '../testing/graph.ts';
import { ToolCalls } from './ToolCalls.tsx';

const waiting = {
  id: 'g.1',
  name: 'mail_send',
  state: 'WAITING',
  viewerCanDecide: true,
  decideBefore: new Date(2026, 0, 2, 14, 5, 59).toISOString(),
  offset: 0,
};

/** Opens an answer with one call. */
const open = async (call: object = {}) => {
  const graph = createGraph();
  render(
    <Frame environment={graph.environment}>
      <ToolCalls generationId="g" text="" isStreaming={false}>
        {() => null}
      </ToolCalls>
    </Frame>,
  );
  const answer = (changed: object) =>
    act(async () => {
      const query = graph.latest('useToolCallsQuery');
      query.next({ node: { __typename: 'Generation', id: 'g', toolCalls: [{ ...waiting, ...changed }] } });
      query.complete();
    });
  await answer(call);
  // The code of the details loads on demand.
  await act(async () => void (await import('./ToolCallDetails.tsx')));
  const details = { id: 'g.1', arguments: { to: 'a@example.org' }, result: null, startedAt: null };
  return {
    graph,
    /** Answers the latest query of the calls. */
    answer,
    load: (toolsAskedBy: string | null = null, changed: object = {}) =>
      act(async () => {
        const query = graph.latest('ToolCallDetailsQuery');
        const toolCalls = [{ ...details, finishedAt: null, ...changed }];
        query.next({ node: { __typename: 'Generation', id: 'g', toolsAskedBy, toolCalls } });
        query.complete();
      }),
  };
};

const decisions = () => screen.queryAllByRole('button', { name: /^(Allow|Deny) the call/ });
const card = () => screen.getByRole('button', { name: /^mail_send/ });

describe('a call that waits for a decision', () => {
  it('can be decided on only when its arguments are shown', async () => {
    const { load } = await open();
    expect(screen.getByText('Loading…')).toBeTruthy();
    expect(decisions()).toEqual([]);
    await load();
    expect(decisions()).toHaveLength(2);
    const shown = screen.getByRole('group', { name: 'Arguments' });
    expect(shown.textContent).toContain('a@example.org');
    for (const button of decisions()) expect(button.getAttribute('aria-describedby')).toContain(shown.id);
  });

  it('can’t be decided on if its arguments can’t be loaded, until they are', async () => {
    const { graph, load } = await open();
    const silent = jest.spyOn(console, 'error').mockImplementation(() => {});
    await act(async () => graph.latest('ToolCallDetailsQuery').fail(new Error('offline')));
    silent.mockRestore();
    expect(decisions()).toEqual([]);
    await act(async () => screen.getByRole('button', { name: 'Try again' }).click());
    expect(decisions()).toEqual([]);
    await load();
    expect(decisions()).toHaveLength(2);
  });

  it.each([
    [null, 'You asked for this answer in the app.'],
    ['robot', 'An API key asked for this answer, not you in the app: robot'],
    ['ro\u202ebot', 'An API key asked for this answer, not you in the app: ro\\u202Ebot'],
  ])('says who asked, before the decision: %s', async (askedBy, text) => {
    const { load } = await open();
    await load(askedBy);
    const [asker] = screen.getAllByText((_, element) => element?.textContent === text);
    const [allow] = decisions();
    expect(asker && allow && asker.compareDocumentPosition(allow)).toBe(Node.DOCUMENT_POSITION_FOLLOWING);
    const described = allow?.getAttribute('aria-describedby')?.split(' ') ?? [];
    expect(described.map((id) => document.getElementById(id)?.textContent)).toContain(text);
  });

  it('says until when', async () => {
    const { load } = await open();
    await load();
    const deadline = screen.getByText(/^Decide before 2:05\sPM\. After that it counts as denied\.$/);
    for (const button of decisions()) expect(button.getAttribute('aria-describedby')).toContain(deadline.id);
  });

  it('can’t be closed', async () => {
    const { load } = await open();
    await load();
    expect(card().getAttribute('aria-disabled')).toBe('true');
    fireEvent.click(card());
    expect(card().getAttribute('aria-expanded')).toBe('true');
    expect(decisions()).toHaveLength(2);
  });

  const press = (decision: 'Allow' | 'Deny') =>
    act(async () => screen.getByRole('button', { name: `${decision} the call of mail_send` }).click());
  const decided = { viewerCanDecide: false, decideBefore: null };
  const areBusy = () => decisions().every((button) => button.getAttribute('aria-disabled') === 'true');

  it('is decided on once, and shows its state afterwards without an event', async () => {
    const { graph, load, answer } = await open();
    await load();
    await press('Deny');
    const mutation = graph.latest('useDecideToolCallMutation');
    expect(mutation.variables).toEqual({ input: { id: 'g.1', decision: 'DENY' } });
    await act(async () => {
      mutation.next({ decideToolCall: { clientMutationId: null } });
      mutation.complete();
    });
    expect(areBusy()).toBe(true);
    await press('Allow');
    expect(graph.asked('useDecideToolCallMutation')).toHaveLength(1);
    expect(graph.asked('useToolCallsQuery')).toHaveLength(2);
    await answer({ ...decided, state: 'DENIED' });
    expect(decisions()).toEqual([]);
    expect(card().textContent).toContain('Not called');
  });

  it('shows why a decision was rejected, until it has another state', async () => {
    const { graph, load, answer } = await open();
    await load();
    await press('Allow');
    const conflict = new RequestFailure('CONFLICT', 'This call no longer waits for a decision.');
    await act(async () => graph.latest('useDecideToolCallMutation').fail(conflict));
    expect(screen.getByRole('alert').textContent).toBe(conflict.message);
    // Another tab has decided.
    await answer({ ...decided, state: 'RUNNING' });
    expect(screen.queryByRole('alert')).toBeNull();
    expect(card().textContent).toContain('Running…');
  });

  it('can be decided on again after a failure', async () => {
    const { graph, load, answer } = await open();
    await load();
    await press('Allow');
    const failure = new RequestFailure('UNREACHABLE', 'The server does not answer.');
    await act(async () => graph.latest('useDecideToolCallMutation').fail(failure));
    await answer({});
    expect(screen.getByRole('alert').textContent).toBe(failure.message);
    expect(areBusy()).toBe(false);
    await press('Allow');
    expect(screen.queryByRole('alert')).toBeNull();
    expect(graph.asked('useDecideToolCallMutation')).toHaveLength(2);
  });
});

describe('a call of any other state', () => {
  it('has no decision, and opens and closes', async () => {
    const { load } = await open({ state: 'RUNNING', viewerCanDecide: false });
    expect(card().getAttribute('aria-expanded')).toBe('false');
    await act(async () => card().click());
    await load();
    expect(screen.getByRole('group', { name: 'Arguments' })).toBeTruthy();
    expect(decisions()).toEqual([]);
    expect(screen.queryByText(/asked for this answer/)).toBeNull();
    await act(async () => card().click());
    expect(screen.queryByRole('group', { name: 'Arguments' })).toBeNull();
  });

  it('tells how long it took, and never zero', async () => {
    const { load } = await open({ state: 'SUCCEEDED', viewerCanDecide: false });
    await act(async () => card().click());
    const startedAt = '2026-01-02T14:05:00.000Z';
    await load(null, { result: '5', startedAt, finishedAt: '2026-01-02T14:05:00.004Z' });
    expect(screen.getByText('It took 0.1 s.')).toBeTruthy();
  });
});

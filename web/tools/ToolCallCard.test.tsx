import { jest } from '@jest/globals';
import { act, fireEvent, render, screen } from '@testing-library/react';
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
  await act(async () => {
    const query = graph.latest('ToolCallsQuery');
    query.next({ node: { __typename: 'Generation', id: 'g', toolCalls: [{ ...waiting, ...call }] } });
    query.complete();
  });
  // The code of the details loads on demand.
  await act(async () => void (await import('./ToolCallDetails.tsx')));
  const details = { id: 'g.1', arguments: { to: 'a@example.org' }, result: null, startedAt: null };
  return {
    graph,
    load: (toolsAskedBy: string | null = null) =>
      act(async () => {
        const query = graph.latest('ToolCallDetailsQuery');
        const toolCalls = [{ ...details, finishedAt: null }];
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

  it('sends the decision', async () => {
    const { graph, load } = await open();
    await load();
    await act(async () => screen.getByRole('button', { name: 'Deny the call of mail_send' }).click());
    expect(graph.latest('useDecideToolCallMutation').variables).toEqual({
      input: { id: 'g.1', decision: 'DENY' },
    });
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
});

import { jest } from '@jest/globals';
import { act, fireEvent, render, screen } from '@testing-library/react';
import { graphql, useLazyLoadQuery } from 'react-relay';
import { RequestFailure } from '../relay/failure.ts';
import { Frame } from '../testing/Frame.tsx';
import { type Asked, createGraph, type Graph } from '../testing/graph.ts';
import type { ActivityListTestQuery } from './__generated__/ActivityListTestQuery.graphql.ts';
import { ActivityList } from './ActivityList.tsx';

const looks = 'useActivityWatchQuery';
const cancels = 'useCancelActiveGenerationMutation';
/** The interval between two polls, in ms. */
const pause = 2_000;

const Page = () => {
  const query = useLazyLoadQuery<ActivityListTestQuery>(
    graphql`
      query ActivityListTestQuery {
        ...ActivityList_query
      }
    `,
    {},
  );
  return <ActivityList query={query} />;
};

const node = (user: string, more: object = {}) => ({
  generationId: `g of ${user}`,
  user: { __typename: 'User', id: user, username: user },
  model: 'm',
  status: 'RUNNING',
  queuePosition: null,
  isInConversation: true,
  attempt: 1,
  createdAt: '2026-01-02T03:04:00Z',
  startedAt: '2026-01-02T03:04:05Z',
  ...more,
});

const shown = (...nodes: readonly object[]) => ({
  viewer: { __typename: 'User', id: 'ada' },
  activeGenerations: { edges: nodes.map((one) => ({ node: one })), pageInfo: { hasNextPage: false } },
});

const answer = (asked: Asked, data: object) =>
  act(async () => {
    asked.next(data);
    asked.complete();
  });

const pass = (ms: number) => act(() => jest.advanceTimersByTimeAsync(ms));

const turn = (visibility: 'visible' | 'hidden') =>
  act(async () => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, value: visibility });
    document.dispatchEvent(new Event('visibilitychange'));
  });

const rows = () => screen.queryAllByRole('listitem').map(({ textContent }) => textContent);

describe('the list of running answers', () => {
  let graph: Graph;
  beforeEach(async () => {
    jest.useFakeTimers({ now: new Date('2026-01-02T03:05:10Z') });
    graph = createGraph();
    render(
      <Frame environment={graph.environment}>
        <Page />
      </Frame>,
    );
    const waits = { status: 'QUEUED', queuePosition: 2, startedAt: null, isInConversation: false };
    await answer(graph.latest('ActivityListTestQuery'), shown(node('ada'), node('ben', waits)));
  });
  afterEach(() => {
    jest.useRealTimers();
    Reflect.deleteProperty(document, 'visibilityState');
  });

  it('shows the user, the duration, and which answers are the viewer’s own', async () => {
    expect(screen.getByText('1 running, 1 waiting')).toBeTruthy();
    expect(rows()).toEqual([
      'adaYouRunningFor 1 min 5 s · m · in a conversationStop',
      'benWaiting, place 2For 1 min 10 s · m · outside of conversationsStop',
    ]);
    await pass(1_000);
    expect(rows()[0]).toContain('For 1 min 6 s');
  });

  it('polls one request at a time, and keeps the last result until the next', async () => {
    expect(graph.asked(looks)).toHaveLength(0);
    await pass(pause * 3);
    expect(graph.asked(looks)).toHaveLength(1);
    expect(rows()).toHaveLength(2);
    await answer(graph.latest(looks), shown());
    expect(screen.getByText('No answers are running.')).toBeTruthy();
    await pass(pause);
    expect(graph.asked(looks)).toHaveLength(2);
  });

  it('does not poll while the page is hidden, and polls at once when it becomes visible', async () => {
    await turn('hidden');
    await pass(pause * 5);
    expect(graph.asked(looks)).toHaveLength(0);
    await turn('visible');
    expect(graph.asked(looks)).toHaveLength(1);
  });

  it('stays when a poll fails, shows the error, and waits for the retryAfter of the server', async () => {
    await pass(pause);
    await act(async () =>
      graph.latest(looks).fail(new RequestFailure('RATE_LIMITED', 'Too many. Try again in 20 s.', 20)),
    );
    expect(screen.getByRole('alert').textContent).toContain('Too many. Try again in 20 s.');
    expect(rows()).toHaveLength(2);
    await pass(19_000);
    expect(graph.asked(looks)).toHaveLength(1);
    await pass(1_000);
    await answer(graph.latest(looks), shown(node('ada')));
    expect(screen.queryByRole('alert')).toBeNull();
    expect(rows()).toHaveLength(1);
  });

  it('polls less often the longer the server is unreachable', async () => {
    for (const wait of [pause, 4_000, 8_000, 16_000, 30_000, 30_000]) {
      const before = graph.asked(looks).length;
      await pass(wait - 1);
      expect(graph.asked(looks)).toHaveLength(before);
      await pass(1);
      expect(graph.asked(looks)).toHaveLength(before + 1);
      await act(async () => graph.latest(looks).fail(new RequestFailure('UNREACHABLE', 'No answer.')));
    }
  });

  it('shows an answer as stopping until it disappears, also after an older poll', async () => {
    await pass(pause);
    const stale = graph.latest(looks);
    fireEvent.click(screen.getByRole('button', { name: 'Stop the answer for ben' }));
    expect(screen.getByRole('button', { name: 'Stopping… the answer for ben' })).toBeTruthy();
    expect(graph.latest(cancels).variables).toEqual({ input: { id: 'g of ben' } });
    await answer(graph.latest(cancels), { cancelActiveGeneration: { cancelledGenerationId: 'g of ben' } });
    expect(stale.isOpen()).toBe(false);
    expect(rows()[1]).toContain('Stopping…');
    await answer(graph.latest(looks), shown(node('ada')));
    expect(rows()).toHaveLength(1);
  });

  it('shows why an answer could not be stopped, and allows another try', async () => {
    fireEvent.click(screen.getByRole('button', { name: 'Stop the answer for ben' }));
    await act(async () => graph.latest(cancels).fail(new RequestFailure('FORBIDDEN', 'Not any more.')));
    expect(screen.getByText('Not any more.')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Stop the answer for ben' })).toBeTruthy();
  });
});

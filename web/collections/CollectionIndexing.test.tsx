import { jest } from '@jest/globals';
import { act, render, screen } from '@testing-library/react';
import { graphql, useLazyLoadQuery } from 'react-relay';
import { Frame } from '../testing/Frame.tsx';
import { type Asked, createGraph, type Graph } from '../testing/graph.ts';
import type { CollectionIndexingTestQuery } from './__generated__/CollectionIndexingTestQuery.graphql.ts';
import { CollectionIndexing } from './CollectionIndexing.tsx';

const polls = 'CollectionIndexingQuery';

const Page = () => {
  const { node } = useLazyLoadQuery<CollectionIndexingTestQuery>(
    graphql`
      query CollectionIndexingTestQuery {
        node(id: "c") {
          ...CollectionIndexing_collection @alias(as: "collection")
        }
      }
    `,
    {},
  );
  return node?.collection ? <CollectionIndexing collection={node.collection} /> : null;
};

const shown = (state: string, done: number) => ({
  node: { __typename: 'Collection', id: 'c', documentCount: 1, indexing: { state, done, total: 10 } },
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

describe('the progress of a collection', () => {
  let graph: Graph;
  beforeEach(async () => {
    jest.useFakeTimers();
    await turn('visible');
    graph = createGraph();
    render(
      <Frame environment={graph.environment}>
        <Page />
      </Frame>,
    );
    await answer(graph.latest('CollectionIndexingTestQuery'), shown('WAITING', 0));
  });
  afterEach(() => {
    jest.useRealTimers();
    Reflect.deleteProperty(document, 'visibilityState');
  });
  const count = () => graph.asked(polls).length;

  it('is polled one request at a time', async () => {
    await pass(60_000);
    expect(count()).toBe(1);
    await answer(graph.latest(polls), shown('RUNNING', 4));
    expect(screen.getByText('Indexing, 40%')).toBeTruthy();
    await pass(3_000);
    expect(count()).toBe(2);
  });

  it('is polled more rarely while nothing changes', async () => {
    for (let passed = 0; passed < 600; passed += 1) {
      await pass(1_000);
      const asked = graph.asked(polls).at(-1);
      if (asked?.isOpen()) await answer(asked, shown('WAITING', 0));
    }
    expect(count()).toBeGreaterThan(8);
    expect(count()).toBeLessThan(16);
  });

  it('is not polled while the page is hidden, and no more at the end', async () => {
    await turn('hidden');
    await pass(60_000);
    expect(count()).toBe(0);
    await turn('visible');
    await pass(3_000);
    expect(count()).toBe(1);
    await answer(graph.latest(polls), shown('DONE', 10));
    await pass(600_000);
    expect(count()).toBe(1);
  });
});

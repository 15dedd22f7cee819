import { graphql } from 'react-relay';
import { commitLocalUpdate, createOperationDescriptor, getRequest, requestSubscription } from 'relay-runtime';
import { createGraph } from '../testing/graph.ts';
import type { addNewMessagesTestQuery$data } from './__generated__/addNewMessagesTestQuery.graphql.ts';
import type { addNewMessagesTestSubscription } from './__generated__/addNewMessagesTestSubscription.graphql.ts';
import { addNewMessages } from './addNewMessages.ts';

const query = graphql`
  query addNewMessagesTestQuery {
    node(id: "c") {
      ... on Conversation {
        messages(last: 30) @connection(key: "ConversationView_messages") {
          edges {
            node {
              id
            }
          }
        }
      }
    }
  }
`;

const subscription = graphql`
  subscription addNewMessagesTestSubscription {
    conversationChanged {
      conversationId
      messageEdges {
        cursor
        node {
          id
          parent {
            id
          }
        }
      }
    }
  }
`;

const edge = (id: string, parent: string | null) => ({
  __typename: 'MessageEdge',
  cursor: id,
  node: { __typename: 'Message', id, parent: parent && { id: parent } },
});

/** A conversation of two messages, to which another tab adds. */
const open = () => {
  const { environment, latest } = createGraph();
  const operation = createOperationDescriptor(getRequest(query), {});
  const pageInfo = { hasPreviousPage: false, hasNextPage: false, startCursor: 'a', endCursor: 'b' };
  environment.commitPayload(operation, {
    node: {
      __typename: 'Conversation',
      id: 'c',
      messages: { edges: [edge('a', null), edge('b', 'a')], pageInfo },
    },
  });
  const kept = environment.retain(operation);
  requestSubscription<addNewMessagesTestSubscription>(environment, {
    subscription,
    variables: {},
    updater: (store, response) => response && addNewMessages(store, response.conversationChanged),
  });
  return {
    add: (...messageEdges: ReturnType<typeof edge>[]) =>
      latest('addNewMessagesTestSubscription').next({
        conversationChanged: { conversationId: 'c', messageEdges },
      }),
    shown: () => {
      const { data } = environment.lookup(operation.fragment);
      return (data as addNewMessagesTestQuery$data).node?.messages?.edges.map(({ node }) => node.id);
    },
    isOutOfDate: () => environment.check(operation).status === 'stale',
    forget: () => {
      kept.dispose();
      commitLocalUpdate(environment, (store) => store.delete('c'));
    },
  };
};

describe('messages that another tab added', () => {
  it('are appended in order', () => {
    const { add, shown } = open();
    add(edge('u', 'b'), edge('v', 'u'));
    expect(shown()).toEqual(['a', 'b', 'u', 'v']);
  });

  it('are not added twice, whether the event or the mutation is first', () => {
    const { add, shown } = open();
    add(edge('u', 'b'));
    add(edge('u', 'b'), edge('v', 'u'));
    add(edge('u', 'b'), edge('v', 'u'));
    expect(shown()).toEqual(['a', 'b', 'u', 'v']);
  });

  it('make the conversation stale when they start another branch', () => {
    const { add, shown, isOutOfDate } = open();
    expect(isOutOfDate()).toBe(false);
    add(edge('other', 'a'));
    expect(shown()).toEqual(['a', 'b']);
    expect(isOutOfDate()).toBe(true);
  });

  it('are ignored if the conversation is not in the store', () => {
    const { add, forget } = open();
    forget();
    expect(() => add(edge('u', 'b'))).not.toThrow();
  });
});

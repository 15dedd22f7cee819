import { t } from '@lingui/core/macro';
import { fetchQuery, graphql } from 'react-relay';
import type { IEnvironment } from 'relay-runtime';
import { PageFailure } from '../relay/failure.ts';
import type {
  fetchConversationQuery,
  fetchConversationQuery$data,
} from './__generated__/fetchConversationQuery.graphql.ts';
import type { ExportedConversation, ExportedMessage } from './conversationFile.ts';

const query = graphql`
  query fetchConversationQuery($id: ID!, $after: String) {
    node(id: $id) {
      ... on Conversation {
        id
        title
        systemPrompt
        model
        tags
        folder {
          name
          systemPrompt
        }
        createdAt
        updatedAt
        exported: messages(first: 100, after: $after) {
          edges {
            node {
              id
              role
              content
              createdAt
              parent {
                id
              }
              generation {
                model
              }
            }
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
      }
    }
  }
`;

type Node = NonNullable<
  NonNullable<fetchConversationQuery$data['node']>['exported']
>['edges'][number]['node'];

const messageOf = ({ id, role, content, createdAt, parent, generation }: Node): ExportedMessage => ({
  id,
  parentId: parent?.id ?? null,
  role,
  content,
  model: generation?.model ?? null,
  createdAt,
});

/** Fetches the selected version of a conversation, page by page. Throws `RequestFailure`. */
export const fetchConversation = async (
  environment: IEnvironment,
  id: string,
): Promise<ExportedConversation> => {
  const messages: ExportedMessage[] = [];
  let after: string | null = null;
  const read = (cursor: string | null) =>
    fetchQuery<fetchConversationQuery>(environment, query, { id, after: cursor }).toPromise();
  for (;;) {
    const data: fetchConversationQuery$data | undefined = await read(after);
    const node: fetchConversationQuery$data['node'] = data?.node;
    if (!node?.exported || node.title === undefined) {
      throw new PageFailure('NOT_FOUND', t`This conversation does not exist any more.`);
    }
    const { exported, title, systemPrompt, model, tags, folder, createdAt, updatedAt } = node;
    messages.push(...exported.edges.map((edge) => messageOf(edge.node)));
    const { hasNextPage, endCursor }: { hasNextPage: boolean; endCursor: string | null | undefined } =
      exported.pageInfo;
    if (hasNextPage && endCursor) after = endCursor;
    else {
      return {
        id,
        title,
        systemPrompt: systemPrompt ?? null,
        model: model ?? null,
        tags: tags ?? [],
        folder: folder ? { name: folder.name, systemPrompt: folder.systemPrompt ?? null } : null,
        createdAt: createdAt ?? '',
        updatedAt: updatedAt ?? '',
        messages,
      };
    }
  }
};

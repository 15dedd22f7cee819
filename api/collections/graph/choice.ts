import { maxChosenCollections } from '../../conversations/bounds.ts';
import { ConversationRef } from '../../conversations/graph/conversation.ts';
import { FolderRef } from '../../folders/graph/folder.ts';
import { builder } from '../../graph/builder.ts';
import { encodeId } from '../../graph/globalIds.ts';
import { CollectionRef } from './collection.ts';

const CollectionChoiceRef = builder.objectRef<{ readonly id: string }>('CollectionChoice').implement({
  description: 'A collection that a conversation or a folder chose.',
  fields: (t) => ({
    collectionId: t.id({
      description: 'The id of the collection.',
      resolve: ({ id }) => encodeId('Collection', id),
    }),
    collection: t.field({
      type: CollectionRef,
      nullable: true,
      description:
        'The collection; null if it is no longer available, because it was withdrawn. It is not searched then.',
      resolve: ({ id }, _args, { loaders }) => loaders.collection.load(id),
    }),
  }),
});

const choicesOf = (ids: readonly string[]) => ids.map((id) => ({ id }));

builder.objectField(ConversationRef, 'collections', (t) =>
  t.field({
    type: [CollectionChoiceRef],
    description:
      'The collections that its answers search, in the order in which they were chosen. Those of its folder are searched too.',
    // For the cost of documents.
    extensions: { maxItems: maxChosenCollections },
    resolve: ({ collectionIds }) => choicesOf(collectionIds),
  }),
);

builder.objectField(FolderRef, 'collections', (t) =>
  t.field({
    type: [CollectionChoiceRef],
    description: 'The collections that the answers of its conversations search beside their own.',
    extensions: { maxItems: maxChosenCollections },
    resolve: ({ collectionIds }) => choicesOf(collectionIds),
  }),
);

import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { fairSnippetOf } from '../../search/fairSnippet.ts';
import type { Message } from '../message.ts';
import { MessageRef } from './message.ts';

/** A message that a search found, and the search. */
export interface MessageHit {
  readonly message: Message;
  readonly words: string;
}

const SnippetPart = builder
  .objectRef<{ readonly text: string; readonly isMatch: boolean }>('SnippetPart')
  .implement({
    description: 'A part of a snippet. The parts in order are the text of the snippet.',
    fields: (t) => ({
      text: t.exposeString('text', { description: 'The text of the part.' }),
      isMatch: t.exposeBoolean('isMatch', { description: 'Whether the part matches the search.' }),
    }),
  });

export const MessageHitRef = builder.objectRef<MessageHit>('MessageHit').implement({
  description: 'A message that a search found.',
  fields: (t) => ({
    message: t.field({ type: MessageRef, description: 'The message.', resolve: ({ message }) => message }),
    snippet: t.field({
      type: [SnippetPart],
      description: 'The first match with the words around it, as one line.',
      resolve: async ({ message, words }, _args, context) => [
        ...(await fairSnippetOf(viewerOf(context).user.id, message.content, words)),
      ],
    }),
  }),
});

export const MessageHitEdge = builder.edgeObject({
  type: MessageHitRef,
  name: 'MessageHitEdge',
  description: 'A found message in a list.',
});

export const MessageHitConnection = builder.connectionObject(
  {
    type: MessageHitRef,
    name: 'MessageHitConnection',
    description: 'A page of found messages, newest first.',
  },
  MessageHitEdge,
);

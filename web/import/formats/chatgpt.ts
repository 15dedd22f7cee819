import type { SourceConversation, SourceMessage } from './imported.ts';
import { asList, asObject, asObjects, asText, asTime, firstText, type Json } from './read.ts';

/** Whether it is a conversation of ChatGPT's `conversations.json`. */
export const isChatGpt = (conversation: Json): boolean => asObject(conversation.mapping) !== null;

const roles: Readonly<Record<string, SourceMessage['role']>> = { user: 'USER', assistant: 'ASSISTANT' };

/** Returns the text of a message's parts; other parts are images and audio. */
const textOf = (content: Json | null): string =>
  asList(content?.parts)
    .map((part) => asText(part) ?? asText(asObject(part)?.text) ?? '')
    .filter(Boolean)
    .join('\n\n');

/** Reads a conversation of ChatGPT: a tree of nodes, of which some have no message. */
export const readChatGpt = (conversation: Json): SourceConversation => {
  const nodes = Object.entries(asObject(conversation.mapping) ?? {}).flatMap(([key, value]) => {
    const node = asObject(value);
    return node ? [{ key, node, message: asObject(node.message) }] : [];
  });
  const isOtherKind = (message: Json | null): boolean => {
    const kind = asText(asObject(message?.content)?.content_type);
    const isHidden = asObject(message?.metadata)?.is_visually_hidden_from_conversation === true;
    // `code` is a call of a tool, `thoughts` and `reasoning_recap` are thinking.
    return isHidden || (kind !== null && kind !== 'text' && kind !== 'multimodal_text');
  };
  return {
    id: firstText(conversation.conversation_id, conversation.id),
    title: firstText(conversation.title),
    createdAt: asTime(conversation.create_time),
    updatedAt: asTime(conversation.update_time),
    leafKey: asText(conversation.current_node),
    messages: nodes.map(({ key, node, message }) => ({
      key,
      parentKey: asText(node.parent),
      role: isOtherKind(message) ? 'OTHER' : (roles[firstText(asObject(message?.author)?.role)] ?? 'OTHER'),
      content: textOf(asObject(message?.content)),
      at: asTime(message?.create_time),
    })),
    attachments: nodes.reduce((sum, { message }) => {
      const parts = asObjects(asObject(message?.content)?.parts).filter(
        ({ text }) => typeof text !== 'string',
      );
      return sum + Math.max(parts.length, asList(asObject(message?.metadata)?.attachments).length);
    }, 0),
  };
};

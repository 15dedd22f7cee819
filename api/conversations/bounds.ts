import { conversationLimits } from './service.ts';

/** The bounds of a conversation's input fields, in UTF-16 units and items. */
export const conversationBounds = {
  title: { maxLength: conversationLimits.title },
  model: { maxLength: conversationLimits.model },
  systemPrompt: { maxLength: conversationLimits.systemPrompt },
  tags: { maxItems: conversationLimits.tags, maxLength: conversationLimits.tag },
} as const;

/** Maximum collections that a conversation or a folder chooses. */
export const maxChosenCollections = 10;

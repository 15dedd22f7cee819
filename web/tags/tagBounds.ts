/** Maximum tags of a conversation, and maximum length of each. */
export const maxTags = 20;
export const maxTagLength = 50;

/** What a model asks for, JSON, until who asked has it. */
export const toolCalls = `ALTER TABLE generations ADD COLUMN tool_calls TEXT`;

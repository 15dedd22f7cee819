/** The tool calls of a generation, as JSON, until the caller has received them. */
export const toolCalls = `ALTER TABLE generations ADD COLUMN tool_calls TEXT`;

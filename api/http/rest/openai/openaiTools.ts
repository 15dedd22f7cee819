import { z } from 'zod';
import type { EngineFormat, EngineMessage, EngineTool, EngineToolCall } from '../../../engine/engine.ts';
import { badInput } from '../../../errors/failures.ts';
import { maxToolNameLength, toolFunction } from '../completionFields.ts';

const functionName = z.object({ name: z.string().max(maxToolNameLength) });

export const toolChoice = z
  .union([
    z.literal(['none', 'auto', 'required']),
    z.object({ type: z.literal('function'), function: functionName }),
    z.object({
      type: z.literal('allowed_tools'),
      allowed_tools: z.object({
        mode: z.literal(['auto', 'required']),
        tools: z.array(z.object({ type: z.literal('function'), function: functionName })).max(128),
      }),
    }),
  ])
  .nullish()
  .describe('Whether the model may, must not or must call tools, or the tool that it must call.');

/** The older form of `tools` and `tool_choice`. */
export const functions = z.array(toolFunction).max(128).nullish().describe('The older form of `tools`.');
export const functionCall = z
  .union([z.literal(['none', 'auto']), functionName])
  .nullish()
  .describe('The older form of `tool_choice`.');

/** Which tools the model may call, and whether it has to. */
export interface ToolPolicy {
  readonly tools: readonly EngineTool[];
  readonly isForced: boolean;
}

/** Applies a choice to the tools. Throws `BAD_USER_INPUT` for the name of a tool that isn't there. */
export const toolPolicyOf = (
  tools: readonly EngineTool[],
  choice: z.output<typeof toolChoice>,
  field = 'tool_choice',
): ToolPolicy => {
  if (choice === 'none') return { tools: [], isForced: false };
  if (choice === null || choice === undefined || choice === 'auto') return { tools, isForced: false };
  const find = (name: string): EngineTool => {
    const found = tools.find((tool) => tool.name === name);
    if (found) return found;
    throw badInput(field, `${field} names the tool "${name}", which is not in tools.`);
  };
  if (choice === 'required') {
    if (tools.length === 0) throw badInput(field, `${field} is "required", but there are no tools.`);
    return { tools, isForced: true };
  }
  if (choice.type === 'function') return { tools: [find(choice.function.name)], isForced: true };
  const { mode, tools: named } = choice.allowed_tools;
  const allowed = named.map((tool) => find(tool.function.name));
  return { tools: allowed, isForced: mode === 'required' && allowed.length > 0 };
};

/**
 * Returns the format that makes a model call a tool: its answer is the arguments of the only tool, or an object with the
 * name and the arguments of one of several.
 */
export const forcedFormat = (tools: readonly EngineTool[]): EngineFormat => {
  const [first, ...others] = tools;
  if (first && others.length === 0) return parametersOf(first);
  return {
    anyOf: tools.map((tool, index) => ({
      type: 'object',
      properties: {
        name: { const: tool.name },
        arguments: { $ref: `#/$defs/${definitionName(index)}` },
      },
      required: ['name', 'arguments'],
      additionalProperties: false,
    })),
    $defs: Object.fromEntries(
      tools.map((tool, index) => [
        definitionName(index),
        withReferencesBelow(parametersOf(tool), `#/$defs/${definitionName(index)}`),
      ]),
    ),
  };
};

const definitionName = (index: number): string => `tool${index}`;

const parametersOf = ({ parameters }: EngineTool): Readonly<Record<string, unknown>> => {
  if (!parameters || Object.keys(parameters).length === 0) {
    return { type: 'object', properties: {}, additionalProperties: false };
  }
  return 'type' in parameters ? parameters : { type: 'object', ...parameters };
};

/** Moves the local references of a schema (`#/$defs/…`) to where the schema stands in another one. */
const withReferencesBelow = (schema: unknown, place: string): unknown => {
  if (Array.isArray(schema)) return schema.map((each) => withReferencesBelow(each, place));
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) =>
      key === '$ref' && typeof value === 'string' && value.startsWith('#')
        ? [key, place + value.slice(1)]
        : [key, withReferencesBelow(value, place)],
    ),
  );
};

/** Returns the messages with the description of the tools, because a format alone doesn't name them to the model. */
export const withForcedTools = (
  messages: readonly EngineMessage[],
  tools: readonly EngineTool[],
): readonly EngineMessage[] => {
  const listed = tools
    .map((tool) => {
      const description = tool.description ? `: ${tool.description}` : '';
      return `${tool.name}${description}\nJSON Schema of its arguments: ${JSON.stringify(parametersOf(tool))}`;
    })
    .join('\n\n');
  const [only] = tools;
  const rule =
    tools.length === 1 && only
      ? `Call the function ${only.name}. Answer only with a JSON object of its arguments.`
      : 'Call one of these functions. Answer only with a JSON object: {"name": its name, "arguments": its arguments}.';
  const instruction = `${rule}\n\n${listed}`;
  const [first, ...rest] = messages;
  return first?.role === 'system'
    ? [{ ...first, content: `${first.content}\n\n${instruction}` }, ...rest]
    : [{ role: 'system', content: instruction }, ...messages];
};

/** A tool call as it is sent: the arguments are the text that the model wrote, cut off if the answer was. */
export interface WrittenCall {
  readonly name: string;
  readonly arguments: string;
}

/** Returns the call in the answer of a model that had to call one of `tools`. */
export const forcedCallOf = (tools: readonly EngineTool[], text: string): WrittenCall => {
  const [first, ...others] = tools;
  if (first && others.length === 0) return { name: first.name, arguments: text.trim() };
  try {
    const { name, arguments: given } = JSON.parse(text) as EngineToolCall;
    return { name, arguments: JSON.stringify(given) };
  } catch {
    // The answer was cut off.
    const [, name = ''] = /^\s*\{\s*"name"\s*:\s*"([^"]*)"/.exec(text) ?? [];
    const [, given = ''] = /"arguments"\s*:\s*([\s\S]*)$/.exec(text) ?? [];
    return { name, arguments: given };
  }
};

export const writtenCall = ({ name, arguments: given }: EngineToolCall): WrittenCall => ({
  name,
  arguments: JSON.stringify(given),
});

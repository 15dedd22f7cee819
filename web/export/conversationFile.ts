import { t } from '@lingui/core/macro';

/** A conversation as it is exported: the selected version, oldest message first. */
export interface ExportedConversation {
  readonly id: string;
  readonly title: string;
  readonly systemPrompt: string | null;
  readonly model: string | null;
  readonly tags: readonly string[];
  /** The folder that it is in; null: none. */
  readonly folder: { readonly name: string; readonly systemPrompt: string | null } | null;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly messages: readonly ExportedMessage[];
}

export interface ExportedMessage {
  readonly id: string;
  readonly parentId: string | null;
  readonly role: string;
  readonly content: string;
  /** The model that wrote it; null for messages of users. */
  readonly model: string | null;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** The name and version of the JSON format. The version increases when a field is removed or changes its meaning. */
export const jsonFormat = { format: 'ziggie-conversation', version: 1 } as const;

export const toJson = (conversation: ExportedConversation): string =>
  `${JSON.stringify({ ...jsonFormat, ...conversation }, null, 2)}\n`;

const authorOf = ({ role, model }: ExportedMessage): string => {
  if (role === 'USER') return t`You`;
  return model === null ? t`Answer` : t`Answer (${model})`;
};

/** Returns the conversation as Markdown, each message below a heading. Headings in messages stay as they are. */
export const toMarkdown = ({ title, systemPrompt, messages }: ExportedConversation): string => {
  const parts = [`# ${title.replace(/\s+/g, ' ')}`];
  if (systemPrompt) parts.push(`> ${systemPrompt.trim().replaceAll('\n', '\n> ')}`);
  for (const message of messages) parts.push(`## ${authorOf(message)}`, message.content.trim());
  return `${parts.join('\n\n')}\n`;
};

/** Returns a name for the file that every system accepts. */
export const fileNameOf = (title: string, ending: string): string => {
  const name = title
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\\/:*?"<>|]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[\s.]+|[\s.]+$/g, '')
    .slice(0, 80)
    .replace(/[\uD800-\uDBFF]$/, '');
  return `${name || t`Conversation`}.${ending}`;
};

/** A message of any role, as the formats give it. */
export interface SourceMessage {
  readonly key: string;
  readonly parentKey: string | null;
  /** Messages of other roles are left out. */
  readonly role: 'USER' | 'ASSISTANT' | 'OTHER';
  readonly content: string;
  /** Milliseconds since 1970; null if unknown. */
  readonly at: number | null;
}

/** The folder of a conversation. */
export interface SourceFolder {
  readonly name: string;
  readonly systemPrompt: string | null;
}

export interface SourceConversation {
  /** Identifies the conversation in its app. */
  readonly id: string;
  readonly title: string;
  readonly systemPrompt?: string | null;
  readonly tags?: readonly string[];
  readonly folder?: SourceFolder | null;
  /** Milliseconds since 1970; null if unknown. */
  readonly createdAt: number | null;
  readonly updatedAt: number | null;
  readonly messages: readonly SourceMessage[];
  /** The last message of the selected version; absent: the last one. */
  readonly leafKey?: string | null;
  /** The number of images and files, which can't be imported. */
  readonly attachments: number;
}

/** The number of things that an import leaves out. */
export interface LeftOut {
  /** Messages of tools and systems, and empty ones. */
  readonly messages: number;
  readonly attachments: number;
  /** Texts that were cut because they are too long. */
  readonly cut: number;
}

/** A message to send. Parents come before their children. */
export interface ImportMessage {
  readonly key: string;
  readonly parentKey: string | null;
  readonly role: 'USER' | 'ASSISTANT';
  readonly content: string;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** A conversation to send. */
export interface ImportConversation {
  readonly sourceKey: string;
  /** Empty if the source has none. */
  readonly title: string;
  readonly systemPrompt: string | null;
  readonly tags: readonly string[];
  /** Null: none. */
  readonly folder: SourceFolder | null;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly messages: readonly ImportMessage[];
  readonly leafKey: string;
  readonly leftOut: LeftOut;
}

/** The maximum length of a message, in UTF-16 units: the server's. */
export const maxContent = 1_000_000;

/** Further limits of the server, in UTF-16 units and items. */
const [maxTitle, maxSystemPrompt, maxKey, maxTags, maxTag, maxFolder] = [200, 100_000, 300, 20, 50, 100];

/** Returns a folder that the server takes, or null for one without a name. */
const cutFolder = (folder: SourceFolder | null): SourceFolder | null => {
  const name = cutTo(folder?.name.trim() ?? '', maxFolder).trim();
  if (!folder || name === '') return null;
  return { name, systemPrompt: folder.systemPrompt && cutTo(folder.systemPrompt, maxSystemPrompt) };
};

/** The maximum number of messages of one conversation. */
export const maxMessages = 10_000;

const cutTo = (text: string, length: number): string =>
  text.length <= length ? text : text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');

const cutKey = (key: string | null): string | null => (key === null ? null : cutTo(key, maxKey));

const isoOf = (ms: number | null, fallback: number): string => {
  const date = new Date(ms ?? fallback);
  const isUsable = !Number.isNaN(date.getTime()) && date.getTime() >= 0 && date.getFullYear() < 3000;
  return (isUsable ? date : new Date(fallback)).toISOString();
};

/**
 * Converts a conversation of a source. Drops messages without text or of other roles, and puts their replies below the
 * nearest message that is kept. Returns null if nothing is left. `now` in ms since 1970.
 */
export const convert = (
  app: string,
  { messages, attachments, ...source }: SourceConversation,
  now: number,
): ImportConversation | null => {
  const byKey = new Map(messages.map((message) => [message.key, message]));
  const isKept = ({ role, content }: SourceMessage) => role !== 'OTHER' && content.trim() !== '';
  /** Returns the nearest kept message at or above a key. A cycle, which only a broken file has, ends the search. */
  const keptAbove = (key: string | null): string | null => {
    const seen = new Set<string>();
    let at = key;
    while (at !== null && !seen.has(at)) {
      seen.add(at);
      const message = byKey.get(at);
      if (!message) return null;
      if (isKept(message)) return at;
      at = message.parentKey;
    }
    return null;
  };
  const children = Map.groupBy(messages.filter(isKept), ({ parentKey }) => keptAbove(parentKey));
  const ordered: SourceMessage[] = [];
  const pending = (children.get(null) ?? []).toReversed();
  while (pending.length > 0 && ordered.length < maxMessages) {
    const next = pending.pop() as SourceMessage;
    ordered.push(next);
    // One by one: a spread of very many arguments exceeds the stack.
    for (const child of (children.get(next.key) ?? []).toReversed()) pending.push(child);
  }
  const last = ordered.at(-1);
  if (!last) return null;
  const sent = new Set(ordered.map(({ key }) => key));
  const leaf = keptAbove(source.leafKey ?? null);
  const createdAt = source.createdAt ?? ordered[0]?.at ?? source.updatedAt ?? now;
  const begun = isoOf(createdAt, now);
  const cut = ordered.filter(({ content }) => content.length > maxContent).length;
  return {
    sourceKey: cutTo(`${app}:${source.id}`, maxKey),
    title: cutTo(source.title.replace(/\s+/g, ' ').trim(), maxTitle),
    systemPrompt: source.systemPrompt ? cutTo(source.systemPrompt, maxSystemPrompt) : null,
    tags: [...new Set((source.tags ?? []).map((tag) => cutTo(tag.trim(), maxTag)))]
      .filter(Boolean)
      .slice(0, maxTags),
    folder: cutFolder(source.folder ?? null),
    createdAt: begun,
    updatedAt: isoOf(source.updatedAt ?? last.at, Date.parse(begun)),
    messages: ordered.map(({ key, parentKey, role, content, at }) => ({
      key: cutTo(key, maxKey),
      parentKey: cutKey(keptAbove(parentKey)),
      role: role as 'USER' | 'ASSISTANT',
      content: cutTo(content, maxContent),
      createdAt: isoOf(at, Date.parse(begun)),
    })),
    leafKey: cutTo(leaf !== null && sent.has(leaf) ? leaf : last.key, maxKey),
    leftOut: { messages: messages.length - ordered.length, attachments, cut },
  };
};

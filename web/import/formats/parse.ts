import { isChatGpt, readChatGpt } from './chatgpt.ts';
import { isClaude, readClaude } from './claude.ts';
import { convert, type ImportConversation, type SourceConversation } from './imported.ts';
import { isLibreChat, readLibreChat } from './libreChat.ts';
import { isOpenWebUi, readOpenWebUi } from './openWebUi.ts';
import { isOwn, isOwnAccount, readOwnAccount, readOwnConversation } from './own.ts';
import { asObject, asObjects, type Json } from './read.ts';

export interface ParsedFile {
  /** The name of the app that wrote the file. */
  readonly app: string;
  readonly conversations: readonly ImportConversation[];
  /** Conversations without any message that can be imported. */
  readonly empty: number;
  /** Conversations above the maximum of one file. */
  readonly beyond: number;
}

/** Maximum size of a file, in bytes: the browser holds it and what it contains in memory. */
export const maxFileBytes = 200_000_000;

/** Maximum conversations of one file. */
export const maxConversations = 10_000;

/** Why a file can't be imported. */
export type ImportProblem = 'NOT_JSON' | 'UNKNOWN_FORMAT' | 'UNREADABLE';

/** A file that can't be imported. */
export class ImportError extends Error {
  override readonly name = 'ImportError';
  readonly problem: ImportProblem;

  constructor(problem: ImportProblem) {
    super(`The file can't be imported: ${problem}`);
    this.problem = problem;
  }
}

const apps: readonly {
  readonly app: string;
  readonly key: string;
  readonly is: (conversation: Json) => boolean;
  readonly read: (conversation: Json) => SourceConversation;
}[] = [
  { app: 'ChatGPT', key: 'chatgpt', is: isChatGpt, read: readChatGpt },
  { app: 'Claude', key: 'claude', is: isClaude, read: readClaude },
  { app: 'Open WebUI', key: 'open-webui', is: isOpenWebUi, read: readOpenWebUi },
  { app: 'LibreChat', key: 'librechat', is: isLibreChat, read: readLibreChat },
  { app: 'Ziggie', key: 'ziggie', is: isOwn, read: readOwnConversation },
];

const read = (json: unknown): { app: string; key: string; found: readonly SourceConversation[] } => {
  const file = asObject(json);
  if (file && isOwnAccount(file)) return { app: 'Ziggie', key: 'ziggie', found: readOwnAccount(file) };
  const conversations = file ? [file] : asObjects(json);
  const first = conversations[0];
  const format = first && apps.find(({ is }) => is(first));
  if (!format) {
    throw new ImportError('UNKNOWN_FORMAT');
  }
  const { app, key, is } = format;
  return { app, key, found: conversations.filter(is).map(format.read) };
};

/** Reads the conversations of an export file. Throws `ImportError`. `now` in ms since 1970. */
export const parseExport = (text: string, now: number): ParsedFile => {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ImportError('NOT_JSON');
  }
  const { app, key, found } = read(json);
  const usable = found.filter(({ id }) => id !== '');
  const within = usable.slice(0, maxConversations);
  const conversations = within.flatMap((conversation) => convert(key, conversation, now) ?? []);
  return {
    app,
    conversations,
    empty: found.length - usable.length + within.length - conversations.length,
    beyond: usable.length - within.length,
  };
};

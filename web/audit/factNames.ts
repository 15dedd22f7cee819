import { i18n, type MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';

/** The names of the details of an event, as `api/audit` writes them. */
const names: Readonly<Record<string, MessageDescriptor>> = {
  surface: msg({ message: 'Surface', context: 'audit log' }),
  sessionId: msg({ message: 'Session', context: 'audit log' }),
  apiKeyId: msg({ message: 'API key', context: 'audit log' }),
  way: msg({ message: 'How it was asked', context: 'audit log' }),
  conversationId: msg({ message: 'Conversation', context: 'audit log' }),
  conversationIds: msg({ message: 'Conversations', context: 'audit log' }),
  prompt: msg({ message: 'Prompt', context: 'audit log' }),
  promptLength: msg({ message: 'Length of the prompt', context: 'audit log' }),
  promptCut: msg({ message: 'Prompt is cut', context: 'audit log' }),
  promptTokens: msg({ message: 'Tokens of the prompt', context: 'audit log' }),
  answer: msg({ message: 'Answer', context: 'audit log' }),
  answerLength: msg({ message: 'Length of the answer', context: 'audit log' }),
  answerCut: msg({ message: 'Answer is cut', context: 'audit log' }),
  completionTokens: msg({ message: 'Tokens of the answer', context: 'audit log' }),
  durationMs: msg({ message: 'Duration in ms', context: 'audit log' }),
  finishReason: msg({ message: 'Reason for the end', context: 'audit log' }),
  cached: msg({ message: 'From the cache', context: 'audit log' }),
  messages: msg({ message: 'Messages', context: 'audit log' }),
  texts: msg({ message: 'Texts', context: 'audit log' }),
  status: msg({ message: 'Status', context: 'audit log' }),
  argumentsLength: msg({ message: 'Length of the arguments', context: 'audit log' }),
  resultLength: msg({ message: 'Length of the result', context: 'audit log' }),
  attachmentIds: msg({ message: 'Documents', context: 'audit log' }),
  documents: msg({ message: 'Number of documents', context: 'audit log' }),
  bytes: msg({ message: 'Size in bytes', context: 'audit log' }),
  received: msg({ message: 'Received bytes', context: 'audit log' }),
  format: msg({ message: 'Format', context: 'audit log' }),
  role: msg({ message: 'Role', context: 'audit log' }),
  issuer: msg({ message: 'Issuer', context: 'audit log' }),
  problem: msg({ message: 'Problem', context: 'audit log' }),
  scopes: msg({ message: 'Scopes', context: 'audit log' }),
  expiresAt: msg({ message: 'Expires', context: 'audit log' }),
  ended: msg({ message: 'Ended sessions', context: 'audit log' }),
  day: msg({ message: 'Quota of a day', context: 'audit log' }),
  month: msg({ message: 'Quota of a month', context: 'audit log' }),
  limit: msg({ message: 'Limit', context: 'audit log' }),
  reason: msg({ message: 'Reason', context: 'audit log' }),
  holdId: msg({ message: 'Legal hold', context: 'audit log' }),
  days: msg({ message: 'Days', context: 'audit log' }),
  version: msg({ message: 'Version', context: 'audit log' }),
  shared: msg({ message: 'Shared', context: 'audit log' }),
  containerId: msg({ message: 'Container', context: 'audit log' }),
  requestedBy: msg({ message: 'Requested by', context: 'audit log' }),
  effect: msg({ message: 'Effect', context: 'audit log' }),
  command: msg({ message: 'Command', context: 'audit log' }),
  question: msg({ message: 'Question', context: 'audit log' }),
  round: msg({ message: 'Round', context: 'audit log' }),
  action: msg({ message: 'Action', context: 'audit log' }),
  actions: msg({ message: 'Actions', context: 'audit log' }),
  confidence: msg({ message: 'Confidence', context: 'audit log' }),
  before: msg({ message: 'Before', context: 'audit log' }),
  lastSeq: msg({ message: 'Last number', context: 'audit log' }),
  lastHash: msg({ message: 'Last hash', context: 'audit log' }),
  summed: msg({ message: 'Summed up', context: 'audit log' }),
  username: msg({ message: 'Username', context: 'audit log' }),
  refusedOnly: msg({ message: 'Only rejected ones', context: 'audit log' }),
  target: msg({ message: 'Target', context: 'audit log' }),
  from: msg({ message: 'From', context: 'audit log' }),
  to: msg({ message: 'Until', context: 'audit log' }),
};

/** Returns the name of a detail in the language of the app; one that only a newer server knows becomes readable words. */
export const factName = (key: string): string => {
  const name = Object.hasOwn(names, key) ? names[key] : undefined;
  if (name) return i18n._(name);
  const words = key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
};

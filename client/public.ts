/** The public API of the package. */
export type {
  CachePolicy,
  FinishReason,
  GenerationOptionsInput as GenerationOptions,
  GenerationStatus,
} from './__generated__/graphql.ts';
export { type Credentials, type Session, signIn, type Viewer } from './accounts/accounts.ts';
export type { Answer, ReadingOptions } from './answers/answer.ts';
export type { Started } from './answers/feed.ts';
export type { AnswerEvent } from './answers/readers.ts';
export type { AnswerResult, Usage } from './answers/result.ts';
export type { ChatInput, EditMessageOptions, RegenerateOptions, Starts } from './answers/starts.ts';
export { type Client, createClient } from './client.ts';
export type {
  Conversation,
  ConversationsOptions,
  Message,
  MessagesOptions,
} from './conversations/conversations.ts';
export type {
  DockerCommandInput,
  DockerCommands,
  DockerOutput,
  DockerRequest,
  DockerRequestInput,
} from './docker/docker.ts';
export { type ClientErrorCode, type ErrorCode, type ServerErrorCode, ZiggieError } from './errors.ts';
export type {
  ActionResultInput,
  AgentFailureInput,
  Healing,
  HealingAgentInput,
  HealingCommands,
  HealingsOptions,
  RegisteredAgent,
} from './healing/healing.ts';
export type { Model } from './models/models.ts';
export type { ClientOptions, Limits, Timeouts, TokenProvider } from './options.ts';
export type { Page, PageOptions } from './pages.ts';
export type { Preset, PresetInput, PresetRun, PresetsOptions } from './presets/presets.ts';
export type { TypedDocument } from './transport/document.ts';
export type { Request, RequestOptions } from './transport/requests.ts';

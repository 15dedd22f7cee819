import { CancelGenerationDocument, SignOutDocument, ViewerDocument } from './__generated__/graphql.ts';
import { type Credentials, type Session, signIn, type Viewer } from './accounts/accounts.ts';
import { createStarts, type Starts } from './answers/starts.ts';
import {
  type Conversation,
  type ConversationsOptions,
  fetchConversations,
  fetchMessages,
  type Message,
  type MessagesOptions,
} from './conversations/conversations.ts';
import { createDockerCommands, type DockerCommands } from './docker/docker.ts';
import { ZiggieError } from './errors.ts';
import { createHealingCommands, type HealingCommands } from './healing/healing.ts';
import { fetchModels, type Model } from './models/models.ts';
import { addressesOf, type ClientOptions, defaultTimeouts, type Limits } from './options.ts';
import type { Page } from './pages.ts';
import {
  fetchPresets,
  type Preset,
  type PresetInput,
  type PresetRun,
  type PresetsOptions,
  runPreset,
} from './presets/presets.ts';
import { createRequest, type Request } from './transport/requests.ts';
import { createSocket } from './transport/socket.ts';
import { createTokens } from './transport/tokens.ts';

/** A client of the service: requests go over HTTP, answers over one socket, which is open while an answer is read. */
export interface Client extends Starts {
  /** Lists the installed models, by name. */
  models(limits?: Limits): Promise<readonly Model[]>;
  /** Lists the caller's conversations: pinned first, then by the newest activity. */
  conversations(options?: ConversationsOptions): Promise<Page<Conversation>>;
  /** Lists the messages of a branch, oldest first. */
  messages(conversationId: string, options?: MessagesOptions): Promise<Page<Message>>;
  /** Lists the presets that the caller may use, by title. */
  presets(options?: PresetsOptions): Promise<Page<Preset>>;
  /** Runs a preset and waits for its result. Throws `OUTPUT_INVALID` with the text of the model. */
  runPreset(input: PresetInput): Promise<PresetRun>;
  /** Docker commands, which the preset `docker` plans. */
  readonly docker: DockerCommands;
  /** Agents that report failures, and the attempts to heal them. */
  readonly healing: HealingCommands;
  /** Cancels a queued or running generation. Its text so far is kept. */
  cancel(generationId: string, limits?: Limits): Promise<void>;
  /** Signs in. Later calls run as that user. */
  signIn(credentials: Credentials): Promise<Session>;
  /** Ends the session at the server, and so its token everywhere. A token provider is called for the next request. */
  signOut(limits?: Limits): Promise<void>;
  /** The authenticated user; null for anonymous calls. */
  viewer(limits?: Limits): Promise<Viewer | null>;
  /** Runs any other query or mutation. It is retried if no response arrives, so a mutation must be idempotent. */
  request: Request;
  /** Stops reading all answers, which go on at the server, and closes the socket. Later calls reject. */
  close(): void;
}

export const createClient = (options: ClientOptions): Client => {
  const url = addressesOf(options.url);
  const fetched = options.fetch ?? ((...args: Parameters<typeof fetch>) => fetch(...args));
  const tokens = createTokens(options.token ?? null, options.tokenProvider ?? null);
  const socket = createSocket({ url: url.socket, tokens, webSocket: options.webSocket });
  const closing = new AbortController();
  const request = createRequest({
    url: url.http,
    tokens,
    fetch: fetched,
    timeoutMs: options.timeouts?.request ?? defaultTimeouts.request,
    closed: closing.signal,
  });

  const become = (token: string | null) => {
    tokens.set(token);
    socket.drop();
  };
  const close = () => {
    closing.abort(new ZiggieError('CLOSED', 'The client is closed.'));
    socket.close();
  };

  return {
    ...createStarts({
      url: url.socket,
      request,
      socket,
      tokens,
      timeoutMs: options.timeouts?.answer ?? defaultTimeouts.answer,
      closed: closing.signal,
    }),
    request,
    models: ({ signal } = {}) => fetchModels(request, signal),
    conversations: (limits = {}) => fetchConversations(request, limits),
    messages: (conversationId, limits = {}) => fetchMessages(request, conversationId, limits),
    presets: (limits = {}) => fetchPresets(request, limits),
    runPreset: (input) => runPreset(request, input),
    docker: createDockerCommands(request),
    healing: createHealingCommands(request),
    async cancel(id, limits) {
      await request(CancelGenerationDocument, { id }, limits);
    },
    async signIn(credentials) {
      closing.signal.throwIfAborted();
      const session = await signIn({ ...credentials, url: options.url, fetch: fetched });
      become(session.token);
      return session;
    },
    async signOut(limits) {
      await request(SignOutDocument, {}, limits);
      become(null);
    },
    viewer: async (limits) => (await request(ViewerDocument, {}, limits)).viewer,
    close,
  };
};

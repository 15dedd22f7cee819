import { demand } from '../../access/permissions.ts';
import type { Viewer } from '../../access/viewer.ts';
import { bytesOfText } from '../../config/values/bytes.ts';
import type { CollectionChoices } from '../../conversations/collectionChoices.ts';
import {
  type Conversation,
  type GenerationOptions,
  temporaryMs,
  temporaryTitle,
} from '../../conversations/conversation.ts';
import { checkOptions } from '../../conversations/options.ts';
import { titleOf } from '../../conversations/title.ts';
import { conversationChanged } from '../../conversations/topics.ts';
import type { Engine, EngineMessage, EngineModel } from '../../engine/engine.ts';
import { badInput, notFound } from '../../errors/failures.ts';
import type { Models } from '../../models/service.ts';
import type { Bus } from '../../realtime/bus.ts';
import { notify } from '../../realtime/notify.ts';
import { isByTool, type Tools } from '../../tools/service.ts';
import { rowBytes } from '../../usage/storage/storage.ts';
import type { StorageQuotas } from '../../usage/storage/storageQuotas.ts';
import type { CachePolicy } from '../cache/key.ts';
import { type Generation, isFinal } from '../generation.ts';
import { checkPromptFits, promptRoom, systemMessages } from '../prompt.ts';
import type { PromptAttachments } from '../promptAttachments.ts';
import { type EnqueueLaterDeps, enqueueAfterOutage, enqueueNowOrLater } from '../run/enqueue.ts';
import type { SettingsReader } from '../settings.ts';
import type { Admission } from './admission.ts';
import { checkFormat, checkIdempotencyKey, checkPrompt } from './checks.ts';
import { findEarlierAnswer, identityOf } from './idempotency.ts';
import {
  answerInProgress,
  findConversation,
  findMessage,
  loadStartedAnswer,
  type StartedAnswer,
} from './startedAnswer.ts';
import { firstAttempt, type TurnRequest, type WriteTurnDeps, writeTurn } from './writeTurn.ts';

/** The input that all operations which start an answer have in common. */
export interface AnswerInput {
  readonly model: string | null;
  readonly options: GenerationOptions | null;
  readonly idempotencyKey: string | null;
  /** Null: the response cache is used if the options make the answer repeatable. */
  readonly cache: CachePolicy | null;
  /** The names of the tools that the model may call. Absent: none, or those of the answer that is repeated. */
  readonly tools?: readonly string[];
}

export interface GenerateInput extends AnswerInput {
  readonly prompt: string;
  /** Null: a new conversation. */
  readonly conversationId: string | null;
  /** Null: the conversation's current leaf. */
  readonly parentId: string | null;
  readonly systemPrompt: string | null;
  /** The folder of a new conversation. Absent or null: none. */
  readonly folderId?: string | null;
  /** The collections that a new conversation chooses. Absent: none. */
  readonly collectionIds?: readonly string[];
  /** Whether a new conversation is temporary. */
  readonly temporary?: boolean;
  readonly format: unknown;
  /** The ids of the attachments. Absent: none. */
  readonly attachments?: readonly string[] | undefined;
}

export interface RegenerateInput extends AnswerInput {
  readonly messageId: string;
}

export interface ContinueAnswerInput extends AnswerInput {
  readonly messageId: string;
}

export interface EditMessageInput extends AnswerInput {
  readonly messageId: string;
  readonly content: string;
}

/**
 * The operations that start an answer in a conversation. Each throws `BAD_USER_INPUT`, `PROMPT_TOO_LARGE`,
 * `MODEL_NOT_FOUND`, `NOT_FOUND`, `CONFLICT`, `ENGINE_UNAVAILABLE`.
 */
export interface StartOperations {
  /** Adds a user's message and starts an answer to it. */
  generate(viewer: Viewer, input: GenerateInput): Promise<StartedAnswer>;
  /** Starts another answer beside the answer `messageId`, or an answer to the user's message `messageId`. */
  regenerate(viewer: Viewer, input: RegenerateInput): Promise<StartedAnswer>;
  /** Adds another version beside the user's message `messageId`, and starts an answer to it. */
  editMessage(viewer: Viewer, input: EditMessageInput): Promise<StartedAnswer>;
  /**
   * Adds another version beside the answer `messageId` that begins with its text, and continues it. Throws
   * `BAD_USER_INPUT` if the model can't continue a text.
   */
  continueAnswer(viewer: Viewer, input: ContinueAnswerInput): Promise<StartedAnswer>;
}

export interface StartDeps extends WriteTurnDeps, EnqueueLaterDeps {
  readonly models: Pick<Models, 'choose'>;
  readonly settings: Pick<SettingsReader, 'inherited'>;
  readonly folders: {
    /** Throws `NOT_FOUND` if the owner has no such folder. */
    require(ownerId: string, id: string): Promise<void>;
  };
  readonly collections: CollectionChoices;
  readonly engine: Pick<Engine, 'measure'>;
  readonly promptAttachments: PromptAttachments;
  readonly tools: Pick<Tools, 'check' | 'usable'>;
  readonly admission: Admission;
  readonly storageQuotas: Pick<StorageQuotas, 'withReservation'>;
  readonly bus: Bus;
}

export const createStartOperations = (deps: StartDeps): StartOperations => ({
  async generate(viewer, input) {
    demand(viewer, 'generate');
    const { user } = viewer;
    const content = checkPrompt('prompt', input.prompt);
    const identity = identityOf('generate', input, content);
    const earlier = await findEarlierAnswer(deps, user.id, identity);
    if (earlier) return earlier;
    const isNew = input.conversationId === null;
    if (isNew && input.parentId !== null) {
      throw badInput('parentId', 'parentId is a message of a conversation: pass its conversationId too.');
    }
    if (input.temporary) {
      const rule = 'temporary is for new conversations. Omit it, or omit conversationId.';
      if (!isNew) throw badInput('temporary', rule);
      if (input.folderId) throw badInput('folderId', 'A temporary conversation is in no folder.');
    }
    if (input.folderId) {
      const rule = 'folderId is for new conversations. Move this one with updateConversation instead.';
      if (!isNew) throw badInput('folderId', rule);
      await deps.folders.require(user.id, input.folderId);
    }
    const chosen = input.collectionIds ?? [];
    if (chosen.length > 0 && !isNew) {
      const rule = 'collections is for new conversations. Choose those of this one with updateConversation.';
      throw badInput('collections', rule);
    }
    const collectionIds = chosen.length === 0 ? [] : await deps.collections.checkChosen(user.id, chosen, []);
    const conversation =
      input.conversationId === null
        ? newConversation(deps, user.id, { ...input, collectionIds })
        : await findConversation(deps, user.id, input.conversationId);
    const parentId = isNew ? null : await findParent(deps, user.id, conversation, input.parentId);
    const { attachments = [] } = input;
    await deps.promptAttachments.check(user.id, attachments, isNew ? null : conversation.id);
    return startAnswer(deps, viewer, {
      identity,
      conversation,
      isNew,
      followsLeaf: !isNew && input.parentId === null,
      question: { content, parentId },
      attachmentIds: attachments,
      systemPrompt: input.systemPrompt ?? conversation.systemPrompt,
      inherits: true,
      input,
      format: input.format,
      cachePolicy: 'PREFER',
    });
  },

  async regenerate(viewer, input) {
    demand(viewer, 'generate');
    const { user } = viewer;
    const identity = identityOf('regenerate', input, null);
    const earlier = await findEarlierAnswer(deps, user.id, identity);
    if (earlier) return earlier;
    const message = await findMessage(deps, user.id, input.messageId);
    const question =
      message.role === 'USER' ? message : await findMessage(deps, user.id, message.parentId ?? '');
    const last =
      message.generationId === null ? null : await deps.generations.find(user.id, message.generationId);
    const conversation = await findConversation(deps, user.id, message.conversationId);
    // The same model gets the same prompt and options; another one has defaults of its own.
    const isSameModel =
      last !== null &&
      (input.model === null || (await deps.models.choose(input.model)).model.name === last.model);
    const repeated = isSameModel ? last : null;
    return startAnswer(deps, viewer, {
      identity,
      conversation,
      isNew: false,
      followsLeaf: false,
      question,
      attachmentIds: [],
      systemPrompt: repeated ? repeated.systemPrompt : conversation.systemPrompt,
      inherits: repeated === null,
      input: {
        ...input,
        model: input.model ?? last?.model ?? null,
        options: input.options ?? repeated?.options ?? null,
      },
      inheritedTools: isByTool(viewer) ? [] : deps.tools.usable(viewer, last?.toolUse?.names ?? []),
      format: last?.format ?? null,
      cachePolicy: 'REFRESH',
    });
  },

  async editMessage(viewer, input) {
    demand(viewer, 'generate');
    const { user } = viewer;
    const content = checkPrompt('content', input.content);
    const identity = identityOf('editMessage', input, content);
    const earlier = await findEarlierAnswer(deps, user.id, identity);
    if (earlier) return earlier;
    const message = await findMessage(deps, user.id, input.messageId);
    if (message.role !== 'USER') {
      throw badInput(
        'messageId',
        'Only your own messages can be edited. Use regenerate to get another answer.',
      );
    }
    const conversation = await findConversation(deps, user.id, message.conversationId);
    return startAnswer(deps, viewer, {
      identity,
      conversation,
      isNew: false,
      followsLeaf: false,
      question: { content, parentId: message.parentId },
      attachmentIds: (message.attachments ?? []).map(({ id }) => id),
      systemPrompt: conversation.systemPrompt,
      inherits: true,
      input,
      format: null,
      cachePolicy: 'PREFER',
    });
  },

  async continueAnswer(viewer, input) {
    demand(viewer, 'generate');
    const { user } = viewer;
    const identity = identityOf('continueAnswer', input, null);
    const earlier = await findEarlierAnswer(deps, user.id, identity);
    if (earlier) return earlier;
    const message = await findMessage(deps, user.id, input.messageId);
    if (message.role !== 'ASSISTANT') throw badInput('messageId', 'Only answers can be continued.');
    const { generationId, content } = message;
    const last = generationId === null ? null : await deps.generations.find(user.id, generationId);
    if (last && !isFinal(last.status)) throw answerInProgress();
    if (content === '')
      throw badInput('messageId', 'This answer is empty. Use regenerate to get another one.');
    const question = await findMessage(deps, user.id, message.parentId ?? '');
    const conversation = await findConversation(deps, user.id, message.conversationId);
    return startAnswer(deps, viewer, {
      identity,
      conversation,
      isNew: false,
      followsLeaf: false,
      question,
      beginning: content,
      attachmentIds: [],
      systemPrompt: last ? last.systemPrompt : conversation.systemPrompt,
      inherits: last === null,
      input: {
        ...input,
        model: input.model ?? last?.model ?? null,
        options: input.options ?? last?.options ?? null,
      },
      // The grammar of a format would begin again in the middle of the text.
      format: null,
      cachePolicy: 'BYPASS',
    });
  },
});

/** An answer to start. Model, options and format aren't checked yet. */
interface AnswerRequest extends TurnRequest {
  /** The attachments of a new question. */
  readonly attachmentIds: readonly string[];
  readonly input: AnswerInput;
  readonly format: unknown;
  /** Whether what the request and the conversation lack is inherited. */
  readonly inherits: boolean;
  /** The tools of an answer that names none, for models that can call tools. */
  readonly inheritedTools?: readonly string[];
  /** The cache policy of a repeatable answer, if the input has none. */
  readonly cachePolicy: CachePolicy;
}

/** Checks and admits the request, writes its turn, and enqueues the generation. */
const startAnswer = async (deps: StartDeps, viewer: Viewer, given: AnswerRequest): Promise<StartedAnswer> => {
  const { admission, ids } = deps;
  const ownerId = viewer.user.id;
  const { input, conversation } = given;
  const idempotencyKey = checkIdempotencyKey(input.idempotencyKey);
  const format = checkFormat(given.format);
  checkOptions({ ...conversation.options, ...input.options });
  const { model, reason } = await deps.models.choose(input.model ?? conversation.model);
  const inheritedTools = model.capabilities.includes('tools') ? given.inheritedTools : [];
  const toolUse = toolUseOf(deps, viewer, model, input.tools ?? inheritedTools ?? []);
  if (toolUse.toolUse && format !== null) throw noFormatWithTools();
  const { beginning = '' } = given;
  if (beginning !== '' && !model.canContinue) throw cannotContinue(model.name);
  const inherited = given.inherits ? await deps.settings.inherited(conversation, model.name) : null;
  const options = checkOptions({ ...inherited?.options, ...conversation.options, ...input.options });
  const request = { ...given, systemPrompt: given.systemPrompt ?? inherited?.systemPrompt ?? null };
  const collectionIds = [...new Set([...conversation.collectionIds, ...(inherited?.collectionIds ?? [])])];
  const question = await withAttachments(deps, ownerId, { ...request, collectionIds }, model, options);
  const written = { ...request, question };
  const signal = AbortSignal.timeout(attachmentTimeoutMs);
  const asked = await deps.promptAttachments.contentOf({ ...question, ownerId }, model.name, signal, {
    withImages: false,
    withSources: true,
  });
  const messages: EngineMessage[] = [...systemMessages(request.systemPrompt), { role: 'user', ...asked }];
  if (beginning !== '') messages.push({ role: 'assistant', content: beginning });
  const promptTokens = await checkPromptFits(deps.engine, model.name, messages, options.contextLength);

  // The id is derived from the key, so that two tries of a request at once start one generation.
  const id = idempotencyKey === null ? ids.next() : ids.derived(ownerId, idempotencyKey, 'generation');
  const start = { id, ownerId, model: model.name, options, format, idempotencyKey, prompt: null, ...toolUse };
  const { maxTokens = null } = options;
  const attempt = firstAttempt(beginning);
  const isTemporary = conversation.expiresAt !== undefined;
  if (isTemporary && !given.isNew) {
    await deps.conversations.renew(ownerId, conversation.id, new Date(deps.clock().getTime() + temporaryMs));
  }
  const started = await admission.admit(viewer, { id, attempt, promptTokens, maxTokens }, () =>
    deps.storageQuotas.withReservation(viewer.user, bytesOfTurn(request), () =>
      writeTurn(deps, written, start),
    ),
  );
  const { generation, userMessage, assistantMessage } = started;
  if (generation.status !== 'QUEUED') return loadStartedAnswer(deps, generation);

  const attached = (userMessage.attachments ?? []).map(({ id: attachmentId }) => attachmentId);
  if (attached.length > 0) await deps.promptAttachments.assign(ownerId, attached, started.conversation.id);
  // The cache has whole answers only.
  if (beginning !== '') await enqueueNowOrLater(deps, generation);
  else {
    try {
      // The text of a temporary conversation is stored nowhere else, and results of tools change.
      const isUncached = isTemporary || generation.toolUse !== undefined;
      await admission.begin(generation, isUncached ? 'BYPASS' : input.cache, request.cachePolicy);
    } catch (error) {
      enqueueAfterOutage(deps, generation, error);
    }
  }
  await notify(deps, conversationChanged, ownerId, {
    kind: 'MESSAGES_ADDED',
    conversationId: started.conversation.id,
    messageIds: 'id' in question ? [assistantMessage.id] : [userMessage.id, assistantMessage.id],
  });
  return { ...started, modelReason: reason };
};

export const noFormatWithTools = () =>
  badInput('tools', 'A model that must answer in a format can call no tools. Leave out format or tools.');

/** Returns what is stored of the tools of an answer; nothing without tools. Throws `BAD_USER_INPUT`. */
export const toolUseOf = (
  { tools }: { readonly tools: Pick<Tools, 'check'> },
  viewer: Viewer,
  { name, capabilities }: Pick<EngineModel, 'name' | 'capabilities'>,
  names: readonly string[],
): Pick<Generation, 'toolUse'> => {
  const checked = tools.check(viewer, names);
  if (checked.length === 0) return {};
  if (isByTool(viewer)) {
    throw badInput('tools', 'An answer that a tool starts can use no tools. Leave out tools.');
  }
  if (!capabilities.includes('tools')) {
    throw badInput('tools', `${name} does not support tools. Use a model with the capability "tools".`);
  }
  return { toolUse: { names: checked, apiKeyId: viewer.apiKey?.id ?? null, calls: [] } };
};

const cannotContinue = (model: string) =>
  badInput(
    'messageId',
    `${model} can't continue an answer, because its chat template or its engine ends every message. Choose a model that can, or use regenerate.`,
  );

/** The time limit for reading the attachments of a question, in ms. */
const attachmentTimeoutMs = 10_000;

/** Returns the question with as much of the conversation's documents as fits into the model's context. */
const withAttachments = async (
  { engine, promptAttachments }: StartDeps,
  ownerId: string,
  {
    question,
    conversation,
    attachmentIds,
    systemPrompt,
    collectionIds,
  }: AnswerRequest & { readonly collectionIds: readonly string[] },
  model: Pick<EngineModel, 'name' | 'capabilities'>,
  options: GenerationOptions,
): Promise<TurnRequest['question']> => {
  if ('id' in question) return question;
  const hasDocuments = attachmentIds.length > 0 || question.parentId !== null || collectionIds.length > 0;
  if (!hasDocuments) return question;
  const { content, parentId } = question;
  const { attachments, sources } = await promptAttachments.fit(
    { ownerId, content, model, attachmentIds, collectionIds, conversationId: conversation.id, parentId },
    (asked) =>
      engine.measure(
        model.name,
        [...systemMessages(systemPrompt), { role: 'user', ...asked }],
        undefined,
        options.contextLength,
      ),
    (limit) => promptRoom(limit, options.maxTokens),
  );
  return {
    ...question,
    ...(attachments.length > 0 && { attachments }),
    ...(sources.length > 0 && { sources }),
  };
};

/** Returns the bytes that a turn writes. The bytes of its answer are counted as they arrive. */
export const bytesOfTurn = (request: TurnRequest): number => {
  const { conversation, isNew, question, systemPrompt, beginning = '' } = request;
  const promptBytes = bytesOfText(systemPrompt);
  const questionBytes = 'id' in question ? 0 : rowBytes.message + bytesOfText(question.content);
  const conversationBytes = isNew ? rowBytes.conversation + bytesOfText(conversation.title) + promptBytes : 0;
  const answerBytes = rowBytes.message + bytesOfText(beginning);
  return conversationBytes + questionBytes + answerBytes + rowBytes.generation + promptBytes;
};

/** Returns the id of the parent of a new prompt. Throws `CONFLICT` if it is an answer that is still in progress. */
const findParent = async (
  deps: StartDeps,
  ownerId: string,
  conversation: Conversation,
  parentId: string | null,
): Promise<string | null> => {
  const id = parentId ?? conversation.leafId;
  if (id === null) return null;
  const parent = await findMessage(deps, ownerId, id);
  if (parent.conversationId !== conversation.id) throw notFound('message');
  if (parent.generationId !== null) {
    const generation = await deps.generations.find(ownerId, parent.generationId);
    // An answer is written before its generation.
    if (!generation || !isFinal(generation.status)) throw answerInProgress();
  }
  return parent.id;
};

const newConversation = (
  deps: StartDeps,
  ownerId: string,
  input: GenerateInput & { readonly collectionIds: readonly string[] },
): Conversation => {
  const now = deps.clock();
  return {
    id: deps.ids.next(),
    ownerId,
    title: input.temporary ? temporaryTitle : titleOf(input.prompt),
    autoTitled: !input.temporary,
    model: input.model,
    systemPrompt: input.systemPrompt,
    options: input.options ?? {},
    pinned: false,
    archived: false,
    tags: [],
    folderId: input.folderId ?? null,
    collectionIds: input.collectionIds,
    leafId: null,
    createdAt: now,
    updatedAt: now,
    ...(input.temporary && { expiresAt: new Date(now.getTime() + temporaryMs) }),
  };
};

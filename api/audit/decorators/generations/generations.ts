import type { Viewer } from '../../../access/viewer.ts';
import type { Generation } from '../../../generations/generation.ts';
import type { Owner } from '../../../generations/lifecycle.ts';
import type { StartedAnswer } from '../../../generations/request/startedAnswer.ts';
import type { Generations } from '../../../generations/service.ts';
import { viewerActor } from '../../actor.ts';
import type { AuditDetails } from '../../auditEvent.ts';
import { type DescribeContent, withoutContent } from '../../content.ts';
import type { AuditRecorder } from '../../recorder.ts';

/** A generation request as it is recorded. */
interface GenerateEvent {
  readonly way: 'generate' | 'regenerate' | 'edit' | 'continue' | 'completion';
  /** The requested model; null: the default. */
  readonly model?: string | null;
  readonly targetId?: string;
  readonly details?: AuditDetails;
}

/** What decides whether a prompt's text is recorded. */
export interface ContentRules {
  readonly isTemporary: (ownerId: string, conversationId: string) => Promise<boolean>;
  readonly findMessage: (ownerId: string, id: string) => Promise<{ readonly conversationId: string } | null>;
}

/** Decorates the generations service. Records in the background, so that the first token isn't delayed. */
export const decorateGenerations = (
  generations: Generations,
  recorder: AuditRecorder,
  describe: DescribeContent,
  { isTemporary, findMessage }: ContentRules,
): Generations => {
  /** Describes a prompt, without its text if its conversation is temporary. */
  const describePrompt = async (
    viewer: Viewer,
    prompt: string,
    conversationId: () => Promise<string | null>,
  ): Promise<AuditDetails> => {
    const described = describe('prompt', prompt);
    if (!('prompt' in described)) return described;
    try {
      const id = await conversationId();
      const hidesText = id !== null && (await isTemporary(viewer.user.id, id));
      return hidesText ? withoutContent(described) : described;
    } catch {
      return withoutContent(described);
    }
  };

  const recordGenerate = <Result>(
    viewer: Viewer,
    { way, model = null, targetId, details }: GenerateEvent,
    act: () => Promise<Result>,
    outcome: (result: Result) => { readonly generation: Generation; readonly details?: AuditDetails },
  ): Promise<Result> =>
    recorder.attemptSoon(
      {
        action: 'GENERATE',
        actor: viewerActor(viewer),
        target: model,
        ...(targetId !== undefined && { targetId }),
        details: { way, ...details },
        onSuccess: (result) => {
          const { generation, details: more } = outcome(result);
          const { conversationId } = generation;
          return {
            target: generation.model,
            targetId: generation.id,
            details: { ...(conversationId !== null && { conversationId }), ...more },
          };
        },
      },
      act,
    );

  const started = ({ generation, conversation, userMessage }: StartedAnswer) => {
    const described = describe('prompt', userMessage.content);
    return { generation, details: conversation.expiresAt ? withoutContent(described) : described };
  };

  return {
    ...generations,

    generate: async (viewer, input) => {
      const { model, prompt, conversationId, temporary } = input;
      const details = temporary
        ? withoutContent(describe('prompt', prompt))
        : await describePrompt(viewer, prompt, async () => conversationId);
      const event = { way: 'generate', model, details } as const;
      return recordGenerate(viewer, event, () => generations.generate(viewer, input), started);
    },

    regenerate: (viewer, input) =>
      recordGenerate(
        viewer,
        { way: 'regenerate', model: input.model },
        () => generations.regenerate(viewer, input),
        started,
      ),

    editMessage: async (viewer, input) => {
      const { model, content, messageId } = input;
      const details = await describePrompt(
        viewer,
        content,
        async () => (await findMessage(viewer.user.id, messageId))?.conversationId ?? null,
      );
      const event = { way: 'edit', model, details } as const;
      return recordGenerate(viewer, event, () => generations.editMessage(viewer, input), started);
    },

    continueAnswer: (viewer, input) =>
      recordGenerate(
        viewer,
        { way: 'continue', model: input.model },
        () => generations.continueAnswer(viewer, input),
        started,
      ),

    continue: (viewer, id) =>
      recordGenerate(
        viewer,
        { way: 'continue', targetId: id },
        () => generations.continue(viewer, id),
        (generation) => ({ generation }),
      ),

    complete: (viewer, input) => {
      const { model, messages, secrets = [] } = input;
      const prompt = masked(messages.map(({ content }) => content).join('\n\n'), secrets);
      const details = { messages: messages.length, ...describe('prompt', prompt) };
      return recordGenerate(
        viewer,
        { way: 'completion', model, details },
        () => generations.complete(viewer, input),
        ({ generation }) => ({ generation }),
      );
    },

    deleteAnswer: (viewer, id) =>
      recorder.attempt(
        {
          action: 'DELETE_CONVERSATION',
          actor: viewerActor(viewer),
          targetId: id,
          details: { way: 'response' },
        },
        () => generations.deleteAnswer(viewer, id),
      ),

    decideToolCall: (viewer, callId, decision) =>
      recorder.attempt(
        {
          action: 'DECIDE_TOOL_CALL',
          actor: viewerActor(viewer),
          targetId: callId,
          details: { decision },
          onSuccess: ({ toolUse }) => ({
            target: toolUse?.calls.find(({ id }) => id === callId)?.name ?? null,
            // A key that asked may be a leaked one.
            ...(toolUse?.apiKeyId && { details: { askedByApiKeyId: toolUse.apiKeyId } }),
          }),
        },
        () => generations.decideToolCall(viewer, callId, decision),
      ),

    cancel: (owner, id) => {
      if (!isViewer(owner)) return generations.cancel(owner, id);
      return recorder.attemptSoon(
        {
          action: 'CANCEL_GENERATION',
          actor: viewerActor(owner),
          targetId: id,
          onSuccess: ({ model }) => ({ target: model }),
        },
        () => generations.cancel(owner, id),
      );
    },
  };
};

/** Returns the text with a mark in place of each secret. */
const masked = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), text);

/** False for the owner that the deletion of a user passes: those cancellations aren't the user's. */
const isViewer = (owner: Owner): owner is Viewer => 'sessionId' in owner;

import { type ExecutionResult, type GraphQLError, Kind } from 'graphql';
import { handleStreamOrSingleExecutionResult, type Plugin } from 'graphql-yoga';
import { clientActor, viewerActor } from '../../../audit/actor.ts';
import { type AuditAction, auditActions } from '../../../audit/auditEvent.ts';
import type { AuditRecorder } from '../../../audit/recorder.ts';
import { Failure } from '../../../errors/failures.ts';
import type { Caller } from '../../../graph/context.ts';

/** Mutations whose audit event has another name. */
const actionsByMutation: Readonly<Record<string, AuditAction>> = {
  regenerate: 'GENERATE',
  editMessage: 'GENERATE',
  continueAnswer: 'GENERATE',
  continueGeneration: 'GENERATE',
  revokeOtherSessions: 'REVOKE_SESSION',
  importPreset: 'CREATE_PRESET',
  duplicatePreset: 'CREATE_PRESET',
  runPreset: 'GENERATE',
};

const isAction = (name: string): name is AuditAction => Object.hasOwn(auditActions, name);

/** Returns the audit action of a mutation, such as `DELETE_USER` for `deleteUser`; null if the mutation isn't audited. */
export const actionOfMutation = (field: string): AuditAction | null => {
  const name = field.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
  return actionsByMutation[field] ?? (isAction(name) ? name : null);
};

/**
 * Audits mutations that are rejected before they reach a service, by the scope of their field or by a rate limit. Rejections
 * of a service are audited by its wrapper.
 */
export const useAudit = (audit: AuditRecorder): Plugin => ({
  onExecute: () => ({
    onExecuteDone: (payload) =>
      handleStreamOrSingleExecutionResult(payload, ({ result, args }) => {
        // The context of every operation includes its caller.
        const caller = args.contextValue as unknown as Caller;
        for (const error of (result as ExecutionResult).errors ?? []) {
          const action = rejectedAction(error);
          const { originalError } = error;
          if (action === null || !(originalError instanceof Failure)) continue;
          if (audit.hasRecorded(originalError)) continue;
          const by = caller.viewer ? viewerActor(caller.viewer) : clientActor(caller);
          audit.recordWhenKnown(Promise.resolve({ ...by, action, outcome: originalError.code }));
        }
      }),
  }),
});

/** Reads the mutation from the field in the document, since its path may have an alias. */
const rejectedAction = ({ path, nodes }: GraphQLError): AuditAction | null => {
  const [field] = nodes ?? [];
  return path?.length === 1 && field?.kind === Kind.FIELD ? actionOfMutation(field.name.value) : null;
};

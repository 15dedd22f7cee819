import { type ExecutionResult, type GraphQLError, Kind } from 'graphql';
import { handleStreamOrSingleExecutionResult, type Plugin } from 'graphql-yoga';
import { clientActor, viewerActor } from '../../../audit/actor.ts';
import { type AuditAction, auditActions } from '../../../audit/auditEvent.ts';
import type { AuditRecorder } from '../../../audit/recorder.ts';
import { Failure } from '../../../errors/failures.ts';
import type { Caller } from '../../../graph/context.ts';

/** Mutations that are called otherwise than what they are written down as. */
const calledOtherwise: Readonly<Record<string, AuditAction>> = {
  regenerate: 'GENERATE',
  editMessage: 'GENERATE',
  continueGeneration: 'GENERATE',
  revokeOtherSessions: 'REVOKE_SESSION',
};

const isAction = (name: string): name is AuditAction => Object.hasOwn(auditActions, name);

/** `deleteUser` is written down as `DELETE_USER`. Null: it is not. */
export const actionOfMutation = (field: string): AuditAction | null => {
  const name = field.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
  return calledOtherwise[field] ?? (isAction(name) ? name : null);
};

/**
 * Writes down the mutations that are refused before a service is asked, by the scope of their field. What a service
 * refuses is written down around it.
 */
export const useAudit = (audit: AuditRecorder): Plugin => ({
  onExecute: () => ({
    onExecuteDone: (payload) =>
      handleStreamOrSingleExecutionResult(payload, ({ result, args }) => {
        // The context of every operation is made of its caller.
        const caller = args.contextValue as unknown as Caller;
        for (const error of (result as ExecutionResult).errors ?? []) {
          const action = refusedAction(error);
          const { originalError } = error;
          if (action === null || !(originalError instanceof Failure)) continue;
          if (audit.hasRecorded(originalError)) continue;
          const by = caller.viewer ? viewerActor(caller.viewer) : clientActor(caller);
          audit.recordWhenKnown(Promise.resolve({ ...by, action, outcome: originalError.code }));
        }
      }),
  }),
});

/** An alias may call the mutation anything; its field in the document says what it is. */
const refusedAction = ({ path, nodes }: GraphQLError): AuditAction | null => {
  const [field] = nodes ?? [];
  return path?.length === 1 && field?.kind === Kind.FIELD ? actionOfMutation(field.name.value) : null;
};

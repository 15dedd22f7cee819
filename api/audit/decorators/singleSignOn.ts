import type { SingleSignOn } from '../../accounts/singleSignOn/singleSignOn.ts';
import { clientActor, userFields } from '../actor.ts';
import type { AuditOutcome } from '../auditEvent.ts';
import type { AuditRecorder, EventDraft } from '../recorder.ts';

/** Decorates single sign-on: records each return from the provider, successful or not. */
export const decorateSingleSignOn = (singleSignOn: SingleSignOn, recorder: AuditRecorder): SingleSignOn => ({
  ...singleSignOn,
  async finish(returned, sealed, client) {
    const outcome = await singleSignOn.finish(returned, sealed, client);
    const draft = { ...clientActor(client), action: 'SINGLE_SIGN_ON' } as const;
    if (outcome.is === 'signed-in') {
      const { user, session } = outcome.signIn;
      await recorder.record({ ...draft, ...userFields(user), details: { sessionId: session.id } });
    } else {
      const { problem } = outcome;
      const failed: EventDraft = { ...draft, outcome: codeOf(problem), details: { problem } };
      recorder.recordWhenKnown(Promise.resolve(failed));
    }
    return outcome;
  },
});

const codeOf = (problem: string): AuditOutcome => (problem === 'disabled' ? 'FORBIDDEN' : 'UNAUTHENTICATED');

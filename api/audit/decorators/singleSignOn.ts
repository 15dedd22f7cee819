import type { SingleSignOn } from '../../accounts/singleSignOn/singleSignOn.ts';
import { whoIs } from '../actor.ts';
import type { AuditOutcome } from '../auditEvent.ts';
import { type Audit, byClient, type Happening } from '../recorder.ts';

/** The same single sign-on, with who comes back from the provider written down, and whether they got in. */
export const auditedSingleSignOn = (singleSignOn: SingleSignOn, audit: Audit): SingleSignOn => ({
  ...singleSignOn,
  async finish(returned, sealed, client) {
    const outcome = await singleSignOn.finish(returned, sealed, client);
    const happening = { ...byClient(client), action: 'SINGLE_SIGN_ON' } as const;
    if (outcome.is === 'signed-in') {
      const { user, session } = outcome.signIn;
      await audit.record({ ...happening, ...whoIs(user), details: { sessionId: session.id } });
    } else {
      const { problem } = outcome;
      const refused: Happening = { ...happening, outcome: codeOf(problem), details: { problem } };
      audit.noteWhenKnown(Promise.resolve(refused));
    }
    return outcome;
  },
});

const codeOf = (problem: string): AuditOutcome => (problem === 'disabled' ? 'FORBIDDEN' : 'UNAUTHENTICATED');

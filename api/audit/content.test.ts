import { startTestApp, type TestApp } from '../http/testing/app.testing.ts';
import type { AuditAction, AuditEntry } from './auditEvent.ts';
import { chainOnce } from './events.testing.ts';

const prompt = 'A secret question.';
const answer = `A secret answer${', and more of it'.repeat(1500)}`;

describe('texts in the audit log', () => {
  let app: TestApp;
  afterEach(() => app.stop());

  /** Requests an answer, and returns its two events once they are written. */
  const ask = async (AUDIT_CONTENT: string) => {
    app = await startTestApp({ env: { AUDIT_CONTENT } });
    app.standin.play({ tokens: [answer] });
    await app.post('/graphql', {
      query: 'mutation ($prompt: String!) { generate(input: { prompt: $prompt }) { generation { id } } }',
      variables: { prompt },
    });
    await app.post('/api/llm/generate', { prompt, stream: false });
    const of = (entries: readonly AuditEntry[], name: AuditAction) =>
      entries.filter(({ action }) => action === name);
    const isThere = (all: readonly AuditEntry[]) => of(all, 'GENERATION_ENDED').length === 2;
    const entries = await chainOnce(app.stores.audit, isThere);
    return {
      begun: of(entries, 'GENERATE'),
      ended: of(entries, 'GENERATION_ENDED'),
      all: JSON.stringify(entries),
    };
  };

  it('are recorded by length only', async () => {
    const { begun, ended, all } = await ask('off');
    for (const { details } of begun) expect(details.promptLength).toBe(prompt.length);
    for (const { details } of ended) expect(details.answerLength).toBe(answer.length);
    expect(all).not.toContain('secret');
  });

  it('are recorded truncated with AUDIT_CONTENT, and marked as truncated', async () => {
    const { begun, ended } = await ask('on');
    for (const { details } of begun) {
      expect(details).toMatchObject({ prompt, promptLength: prompt.length });
      expect(details).not.toHaveProperty('promptCut');
    }
    for (const { details } of ended) {
      const beginning = answer.slice(0, 16_384);
      expect(details).toMatchObject({ answer: beginning, answerCut: true, answerLength: answer.length });
    }
  });
});

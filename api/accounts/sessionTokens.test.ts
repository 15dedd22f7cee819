import type { Session } from './account.ts';
import { createSessionTokens } from './sessionTokens.ts';

describe('session tokens', () => {
  const signingKey = new Uint8Array(32).fill(7);
  const session: Session = {
    id: 's',
    userId: 'u',
    createdAt: new Date(1e12),
    expiresAt: new Date(1e12 + 60_000),
    lastSeenAt: new Date(1e12),
    userAgent: null,
    address: null,
  };

  it('are valid until they expire, also if they were verified before', async () => {
    let now = 1e12;
    const tokens = createSessionTokens(signingKey, () => new Date(now));
    const token = await tokens.issue(session);
    const claims = { userId: 'u', sessionId: 's' };
    for (let times = 0; times < 3; times += 1) expect(await tokens.verify(token)).toEqual(claims);
    now += 59_999;
    expect(await tokens.verify(token)).toEqual(claims);
    now += 1;
    for (let times = 0; times < 2; times += 1) expect(await tokens.verify(token)).toBeNull();
    // The clock was set back.
    now -= 30_000;
    expect(await tokens.verify(token)).toEqual(claims);
  });

  it('are invalid with another signature, key or content, also after a valid one', async () => {
    const tokens = createSessionTokens(signingKey, () => new Date(1e12));
    const token = await tokens.issue(session);
    expect(await tokens.verify(token)).not.toBeNull();
    const [header, payload, signature = ''] = token.split('.');
    const other = await createSessionTokens(new Uint8Array(32).fill(8), () => new Date(1e12)).issue(session);
    const forged = Buffer.from(JSON.stringify({ sub: 'admin', jti: 's', exp: 2e9 })).toString('base64url');
    for (const invalid of [
      other,
      `${header}.${forged}.${signature}`,
      `${header}.${payload}.${signature.slice(0, -2)}AA`,
    ]) {
      expect(await tokens.verify(invalid)).toBeNull();
    }
  });
});

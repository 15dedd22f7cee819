import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { ulid } from 'ulid';
import { startTestApp, type TestApp } from '../testing/app.testing.ts';
import { openSocket } from '../testing/surfaces.testing.ts';

/** Mutations that set or clear the session cookie: those whose source calls openSessionCookie. */
const withCookies = ['signIn', 'signOut', 'acceptInvite', 'choosePassword', 'deleteAccount'];

describe('a mutation that needs cookies', () => {
  let app: TestApp;
  beforeEach(async () => {
    app = await startTestApp();
  });
  afterEach(() => app.stop());

  const over = async (query: string, token?: string) => {
    const socket = await openSocket(app.url, token === undefined ? undefined : { token });
    socket.subscribe('q', query);
    const answer = (await socket.answer('q')) as {
      payload: { errors: { message: string; extensions: { code: string } }[] };
    };
    socket.close();
    return answer.payload.errors[0];
  };
  const rejected = {
    message: expect.stringContaining("A socket can't set cookies"),
    extensions: { code: 'BAD_USER_INPUT' },
  };

  it('is tested here if it calls openSessionCookie', async () => {
    const folder = new URL('../../', import.meta.url);
    const files = (await readdir(folder, { recursive: true })).filter((file) =>
      /\/graph\/.*\.ts$/.test(file),
    );
    const texts = await Promise.all(files.map((file) => readFile(new URL(file, folder), 'utf8')));
    const found = texts.flatMap((text) =>
      text
        .split('builder.relayMutationField(')
        .filter((part) => part.includes('openSessionCookie'))
        .map((part) => /'(\w+)'/.exec(part)?.[1] ?? ''),
    );
    expect(found.toSorted()).toEqual(withCookies.toSorted());
  });

  const membersPassword = 'correct horse battery';
  const everySession = { direction: 'forward', size: 100, after: null, before: null } as const;

  const member = async () => {
    const { token } = await app.signUp('member');
    const user = await app.stores.accounts.findUserByName('member');
    if (!user) throw new Error('no member');
    const sessions = async () =>
      (await app.stores.accounts.pageOfSessions(user.id, everySession, new Date())).items.length;
    return { token, user, sessions };
  };

  /** Stores a link with the secret, like one that an administrator created. */
  const insertLink = (secret: string, kind: 'INVITE' | 'PASSWORD_RESET', userId: string | null) =>
    app.stores.accounts.insertLink({
      id: ulid(),
      kind,
      secretHash: createHash('sha256').update(secret).digest('base64url'),
      role: kind === 'INVITE' ? 'MEMBER' : null,
      userId,
      note: null,
      createdAt: new Date(),
      expiresAt: new Date(Date.now() + 3_600_000),
    });

  it('opens no session over a socket, and reveals nothing about the password', async () => {
    const { sessions } = await member();
    const before = await sessions();
    for (const password of [membersPassword, ...Array.from({ length: 8 }, () => 'a wrong one')]) {
      const query = `mutation { signIn(input: { username: "member", password: "${password}" }) { accessToken } }`;
      expect(await over(query)).toMatchObject(rejected);
    }
    expect(await sessions()).toBe(before);
  });

  it('ends no session over a socket', async () => {
    const { token, sessions } = await member();
    const before = await sessions();
    expect(await over('mutation { signOut(input: {}) { clientMutationId } }', token)).toMatchObject(rejected);
    expect(await sessions()).toBe(before);
  });

  it('creates no user over a socket, and leaves the invite valid', async () => {
    await insertLink('an invite', 'INVITE', null);
    const query = `mutation { acceptInvite(input: { secret: "an invite", username: "guest", password: "${membersPassword}" }) { accessToken } }`;
    expect(await over(query)).toMatchObject(rejected);
    expect(await app.stores.accounts.findUserByName('guest')).toBeNull();
    expect((await app.graphql(query)).errors).toBeUndefined();
  });

  it('sets no password over a socket, and leaves the link valid', async () => {
    const { user, sessions } = await member();
    await insertLink('a reset', 'PASSWORD_RESET', user.id);
    const before = await sessions();
    const query = `mutation { choosePassword(input: { secret: "a reset", password: "another ${membersPassword}" }) { accessToken } }`;
    expect(await over(query)).toMatchObject(rejected);
    const after = await app.stores.accounts.findUser(user.id);
    expect(after?.passwordHash).toBe(user.passwordHash);
    expect(await sessions()).toBe(before);
    expect((await app.graphql(query)).errors).toBeUndefined();
  });

  it('deletes no account over a socket', async () => {
    const { token, user } = await member();
    const query = `mutation { deleteAccount(input: { password: "${membersPassword}" }) { deletedUserId } }`;
    expect(await over(query, token)).toMatchObject(rejected);
    expect(await app.stores.accounts.findUser(user.id)).not.toBeNull();
  });
});

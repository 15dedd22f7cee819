import type { User } from '../../../api/access/user.ts';
import { createPasswords } from '../../../api/accounts/passwords.ts';
import { createIds } from '../../../api/process/ids.ts';
import { openSqliteStores } from '../../../api/stores/stores.sqlite.ts';

/** Adds a user to the store of a server that isn't running. */
export const addUser = async (
  dataDir: string,
  username: string,
  password: string,
  role: User['role'] = 'MEMBER',
): Promise<void> => {
  const stores = openSqliteStores({ dataDir });
  const passwordHash = await createPasswords().hash(password);
  const createdAt = new Date();
  await stores.accounts.insertUser({
    id: createIds().next(),
    username,
    role,
    status: 'ACTIVE',
    passwordHash,
    identity: null,
    createdAt,
  });
  await stores.close();
};

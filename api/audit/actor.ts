import type { User } from '../access/user.ts';

/** Who a name or an id stands for, so that the log can name them. */
export interface Names {
  findUser(id: string): Promise<User | null>;
  findUserByName(username: string): Promise<User | null>;
}

export const whoIs = ({ id, username }: Pick<User, 'id' | 'username'>) => ({ userId: id, username });

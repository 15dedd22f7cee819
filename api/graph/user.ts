import type { User } from '../access/user.ts';
import { builder } from './builder.ts';

export const UserRef = builder.objectRef<User>('User');

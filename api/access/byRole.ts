import { type Role, roles } from './user.ts';

/** A limit for each role; null: unlimited. */
export type ByRole<Value> = Readonly<Record<Role, Value | null>>;

export const forEveryRole = <Value>(value: Value | null): ByRole<Value> => ({
  ADMIN: value,
  MEMBER: value,
  VIEWER: value,
});

/**
 * Parses a limit: one value for all roles, `off`, or values by role such as `MEMBER=…,ADMIN=off`, where roles that aren't
 * named are unlimited. `parse` parses one value. Both return null for invalid text.
 */
export const parseByRole =
  <Value>(parse: (text: string) => Value | null) =>
  (text: string): ByRole<Value> | null => {
    const byRole: Record<Role, Value | null> = { ...forEveryRole<Value>(null) };
    const parts = text.split(',').map((part) => part.trim());
    for (const part of parts) {
      const [name, source = ''] = part.includes('=') ? part.split('=', 2) : [null, part];
      const value = source === 'off' ? null : parse(source);
      const named = roles.filter((role) => name === null || role === name);
      const isValid = source === 'off' || value !== null;
      if (!isValid || named.length === 0 || (name === null && parts.length > 1)) return null;
      for (const role of named) byRole[role] = value;
    }
    return byRole;
  };

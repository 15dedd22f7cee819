import { type Role, roles } from './user.ts';

/** What each role has of something limited; null: as much as they like. */
export type ByRole<Value> = Readonly<Record<Role, Value | null>>;

export const forEveryRole = <Value>(value: Value | null): ByRole<Value> => ({
  ADMIN: value,
  MEMBER: value,
  VIEWER: value,
});

/**
 * Reads one value for everybody, `off`, or by role `MEMBER=…,ADMIN=off`, where who isn't named has no limit. `parse` reads
 * a value; null from it, and from this, where the text is none.
 */
export const parseByRole =
  <Value>(parse: (text: string) => Value | null) =>
  (text: string): ByRole<Value> | null => {
    const byRole: Record<Role, Value | null> = { ...forEveryRole<Value>(null) };
    const parts = text.split(',').map((part) => part.trim());
    for (const part of parts) {
      const [name, written = ''] = part.includes('=') ? part.split('=', 2) : [null, part];
      const value = written === 'off' ? null : parse(written);
      const named = roles.filter((role) => name === null || role === name);
      const isWritten = written === 'off' || value !== null;
      if (!isWritten || named.length === 0 || (name === null && parts.length > 1)) return null;
      for (const role of named) byRole[role] = value;
    }
    return byRole;
  };

/** The row of small buttons under a message: there for the keyboard and for touch, quiet until the pointer comes near. */
export const messageActions =
  'flex h-8 items-center opacity-0 transition-opacity group-focus-within:opacity-100 group-hover:opacity-100 has-data-[state=open]:opacity-100 pointer-coarse:opacity-70';

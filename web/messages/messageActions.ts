/**
 * The style of the buttons under a message: always visible to keyboard and touch, and where there are several versions;
 * otherwise faded until the pointer is near.
 */
export const messageActions =
  'flex min-h-8 flex-wrap items-center opacity-0 transition-opacity group-focus-within:opacity-100 group-hover:opacity-100 has-data-[state=open]:opacity-100 has-data-versions:opacity-100 pointer-coarse:min-h-11 pointer-coarse:opacity-70';

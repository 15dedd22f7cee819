/** Returns the id of the element that shows a call of a tool. */
export const callElementId = (callId: string): string => `call-${callId}`;

/** Scrolls to a call of a tool and focuses it. Returns false if the page doesn't show it, such as far from its answer. */
export const showCall = (callId: string): boolean => {
  const element = document.getElementById(callElementId(callId));
  element?.scrollIntoView({ block: 'start', inline: 'nearest' });
  element?.querySelector('button')?.focus({ preventScroll: true });
  return element !== null;
};

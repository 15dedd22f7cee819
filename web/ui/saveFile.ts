/** Saves text as a file of the reader's device. */
export const saveFile = (text: string, type: string, name: string): void => {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser has read the address once the click's task is over.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
};

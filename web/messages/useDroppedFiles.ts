import { useEffect, useEffectEvent } from 'react';

const hasFiles = (transfer: DataTransfer | null): boolean => transfer?.types.includes('Files') ?? false;

/**
 * Passes files that are dropped anywhere on the page to `onFiles`. By default, the browser would leave the page and open the
 * file. `isFallback`: only files that no other component takes.
 */
export const useDroppedFiles = (onFiles: (files: readonly File[]) => void, isFallback = false): void => {
  const receive = useEffectEvent(onFiles);
  useEffect(() => {
    const onDragOver = (event: DragEvent) => {
      if (!hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
    };
    const onDrop = (event: DragEvent) => {
      if (!hasFiles(event.dataTransfer) || event.defaultPrevented) return;
      event.preventDefault();
      receive([...(event.dataTransfer?.files ?? [])]);
    };
    window.addEventListener('dragover', onDragOver);
    // The capturing phase comes first, whichever component was mounted first.
    window.addEventListener('drop', onDrop, { capture: !isFallback });
    return () => {
      window.removeEventListener('dragover', onDragOver);
      window.removeEventListener('drop', onDrop, { capture: !isFallback });
    };
  }, [isFallback]);
};

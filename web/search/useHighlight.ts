import { type RefObject, useEffect } from 'react';
import { matchesOf, wordsOf } from './words.ts';

/** The name of the highlight in `styles.css`. */
const highlightName = 'search';

/** Maximum ranges that are highlighted at once. */
const maxRanges = 500;

const rangesIn = (element: HTMLElement, words: readonly string[]): readonly Range[] => {
  const ranges: Range[] = [];
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node && ranges.length < maxRanges; node = walker.nextNode()) {
    for (const [start, end] of matchesOf(node.textContent ?? '', words)) {
      const range = document.createRange();
      range.setStart(node, start);
      range.setEnd(node, end);
      ranges.push(range);
    }
  }
  return ranges;
};

/**
 * Highlights the words of a search in the element that matches `selector`, without changing its content. Does nothing in
 * browsers without the CSS Custom Highlight API.
 */
export const useHighlight = (
  container: RefObject<HTMLElement | null>,
  selector: string | null,
  search: string,
): void => {
  useEffect(() => {
    const root = container.current;
    if (!root || selector === null || !('highlights' in CSS)) return;
    const words = wordsOf(search);
    if (words.length === 0) return;
    let frame = 0;
    const mark = () => {
      frame = 0;
      const element = root.querySelector<HTMLElement>(selector);
      CSS.highlights.set(highlightName, new Highlight(...(element ? rangesIn(element, words) : [])));
    };
    const schedule = () => {
      frame ||= requestAnimationFrame(mark);
    };
    // The list renders a message when it is scrolled to, and its Markdown may arrive later.
    const observer = new MutationObserver(schedule);
    observer.observe(root, { childList: true, subtree: true, characterData: true });
    mark();
    return () => {
      observer.disconnect();
      cancelAnimationFrame(frame);
      CSS.highlights.delete(highlightName);
    };
  }, [container, selector, search]);
};

/** A queue that returns the item with the lowest key first, and of equal keys the one that was added first. */
export interface Heap<Item> {
  readonly size: number;
  push(key: number, item: Item): void;
  /** Returns the lowest key; infinity if the heap is empty. */
  peek(): number;
  pop(): Item | undefined;
  clear(): readonly Item[];
}

export const createHeap = <Item>(): Heap<Item> => {
  type Entry = { readonly key: number; readonly order: number; readonly item: Item };
  let entries: Entry[] = [];
  let order = 0;
  const isBefore = (a: Entry | undefined, b: Entry | undefined): boolean =>
    a !== undefined && b !== undefined && (a.key < b.key || (a.key === b.key && a.order < b.order));
  const swap = (a: number, b: number) => {
    const [first, second] = [entries[a], entries[b]];
    if (first && second) [entries[a], entries[b]] = [second, first];
  };
  return {
    get size() {
      return entries.length;
    },
    push(key, item) {
      entries.push({ key, order: order++, item });
      let at = entries.length - 1;
      while (at > 0) {
        const parent = (at - 1) >> 1;
        if (!isBefore(entries[at], entries[parent])) return;
        swap(at, parent);
        at = parent;
      }
    },
    peek: () => entries[0]?.key ?? Number.POSITIVE_INFINITY,
    pop() {
      const [first] = entries;
      const last = entries.pop();
      if (first === undefined || last === undefined || entries.length === 0) return first?.item;
      entries[0] = last;
      for (let at = 0; ; ) {
        const [left, right] = [2 * at + 1, 2 * at + 2];
        const child = isBefore(entries[right], entries[left]) ? right : left;
        if (!isBefore(entries[child], entries[at])) return first.item;
        swap(at, child);
        at = child;
      }
    },
    clear() {
      const left = entries.map(({ item }) => item);
      entries = [];
      return left;
    },
  };
};

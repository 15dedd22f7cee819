import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Search } from 'lucide-react';
import { Dialog } from 'radix-ui';
import {
  type KeyboardEvent,
  Suspense,
  useDeferredValue,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react';
import { messageOf } from '../relay/failure.ts';
import { hasAllWords } from '../search/words.ts';
import { focusFirstField, focusFirstFieldAtEnd, focusOpener } from '../ui/dialogFocus.ts';
import { ErrorBoundary } from '../ui/ErrorBoundary.tsx';
import { isOfInputMethod } from '../ui/inputMethod.ts';
import { Problem } from '../ui/Problem.tsx';
import { useAllCommands } from './commands.tsx';
import { OptionContext, PaletteGroup, PaletteOption } from './PaletteOption.tsx';
import { PaletteRecent } from './PaletteRecent.tsx';
import { PaletteResults } from './PaletteResults.tsx';

export interface CommandPaletteProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  /** The words that it opens with. */
  readonly words: string;
  /** What was typed while it loaded, instead of the words; empty if nothing was. */
  readonly typed?: string;
}

/** The debounce of typing, in ms. */
const pauseMs = 150;

/** Actions shown before anything was typed. */
const shownAtFirst = 5;

/** A dialog that finds conversations, messages and actions by words. */
export const CommandPalette = ({ open, onOpenChange, words, typed = '' }: CommandPaletteProps) => {
  const chosen = useRef<(() => void) | null>(null);
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-appear bg-black/35" />
        <Dialog.Content
          aria-describedby={undefined}
          onOpenAutoFocus={typed === '' ? focusFirstField : focusFirstFieldAtEnd}
          onCloseAutoFocus={(event) => {
            focusOpener(event);
            const action = chosen.current;
            chosen.current = null;
            action?.();
          }}
          className="fixed top-[12dvh] left-1/2 z-50 flex max-h-[70dvh] w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 animate-appear flex-col overflow-hidden rounded-2xl border border-line bg-raised shadow-float"
        >
          <Dialog.Title className="sr-only">
            <Trans>Search and actions</Trans>
          </Dialog.Title>
          <Palette
            initial={typed || words}
            onChoose={(action) => {
              chosen.current = action;
              onOpenChange(false);
            }}
          />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
};

/** The keys that move the active option, with the new index from the old one and the number of options. */
const moves = new Map<string, (index: number, count: number) => number>([
  ['ArrowDown', (index, count) => (index + 1) % count],
  ['ArrowUp', (index, count) => (index <= 0 ? count - 1 : index - 1)],
  ['PageDown', (index, count) => Math.min(count - 1, index + 8)],
  ['PageUp', (index) => Math.max(0, index - 8)],
]);

interface PaletteProps {
  readonly initial: string;
  readonly onChoose: (action: () => void) => void;
}

const Palette = ({ initial, onChoose }: PaletteProps) => {
  const [text, setText] = useState(initial);
  const [words, setWords] = useState(initial);
  const shownWords = useDeferredValue(words);
  const [active, setActive] = useState<string | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const listId = useId();
  useEffect(() => {
    const timer = setTimeout(() => setWords(text.trim()), text.trim() === '' ? 0 : pauseMs);
    return () => clearTimeout(timer);
  }, [text]);

  const options = () => [...(list.current?.querySelectorAll<HTMLElement>('[role="option"]') ?? [])];
  // The first option is active until another one is chosen, also when results arrive.
  useEffect(() => {
    const element = list.current;
    if (!element) return;
    const activate = () =>
      setActive((before) => {
        const ids = options().map(({ id }) => id);
        return before !== null && ids.includes(before) ? before : (ids[0] ?? null);
      });
    const observer = new MutationObserver(activate);
    observer.observe(element, { childList: true, subtree: true });
    activate();
    return () => observer.disconnect();
  });
  const move = (to: (index: number, count: number) => number) => {
    const all = options();
    const index = all.findIndex(({ id }) => id === active);
    const next = all[to(index, all.length)];
    if (!next) return;
    setActive(next.id);
    next.scrollIntoView({ block: 'nearest' });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (isOfInputMethod(event.nativeEvent)) return;
    const to = moves.get(event.key);
    if (!to && event.key !== 'Enter') return;
    event.preventDefault();
    if (to) move(to);
    else document.getElementById(active ?? '')?.click();
  };

  const commands = useAllCommands();
  const found = commands.filter(({ name, words: more = '' }) => hasAllWords(`${name} ${more}`, text));
  const actions = text.trim() === '' ? found.slice(0, shownAtFirst) : found;
  const state = useMemo(() => ({ active, setActive, choose: onChoose }), [active, onChoose]);
  const isStale = text.trim() !== shownWords;
  return (
    <>
      <div className="flex shrink-0 items-center gap-3 border-b border-line px-4">
        <Search size={18} strokeWidth={1.75} aria-hidden="true" className="shrink-0 text-muted" />
        <input
          role="combobox"
          aria-label={t`Search conversations, messages and actions`}
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={active ?? undefined}
          aria-autocomplete="list"
          autoComplete="off"
          spellCheck={false}
          dir="auto"
          maxLength={256}
          placeholder={t`Search conversations, messages and actions`}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setActive(null);
          }}
          onKeyDown={onKeyDown}
          className="h-13 w-full bg-transparent text-base outline-none placeholder:text-muted"
        />
      </div>
      <OptionContext value={state}>
        <div
          ref={list}
          id={listId}
          role="listbox"
          aria-label={t`Results`}
          aria-busy={isStale}
          className="min-h-24 flex-1 overflow-y-auto overscroll-contain p-1.5"
        >
          {actions.length > 0 && (
            <PaletteGroup title={t`Actions`}>
              {actions.map(({ name, icon, run }) => (
                <PaletteOption key={name} icon={icon} onChoose={run}>
                  {name}
                </PaletteOption>
              ))}
            </PaletteGroup>
          )}
          <ErrorBoundary
            resetKey={shownWords}
            fallback={(error) => (
              <div className="p-2">
                <Problem>{messageOf(error)}</Problem>
              </div>
            )}
          >
            <Suspense
              fallback={
                <p className="px-3 py-4 text-sm text-muted">
                  <Trans>Searching…</Trans>
                </p>
              }
            >
              {shownWords === '' ? (
                <PaletteRecent />
              ) : (
                <PaletteResults words={shownWords} isAlone={actions.length === 0} />
              )}
            </Suspense>
          </ErrorBoundary>
        </div>
      </OptionContext>
    </>
  );
};

import type { AnswerText } from '../../api/generations/answerSource.ts';
import type { Journal } from '../../api/generations/journal/journal.ts';
import type { GenerationEvent } from '../../api/generations/watch/watch.ts';
import type { SimulatedEngine } from './engine.ts';
import type { Observe } from './ports.ts';
import { currentContext, type Run } from './scheduler.ts';
import type { Row, SimulatedStore } from './store.ts';
import type { SimulatedTools } from './tools.ts';
import { Violation } from './violation.ts';

const isFinal = (status: string): boolean => status !== 'QUEUED' && status !== 'RUNNING';

/** The observed history of one generation. */
interface Known {
  row: Row;
  /** The latest text and thinking of each attempt in the journal. */
  readonly texts: Map<number, AnswerText>;
  /** The attempt whose text was stored last. */
  savedAttempt: number | null;
  /** What each attempt that has ended had at its end. */
  readonly finals: Map<number, AnswerText & { readonly status: string }>;
  /** The run that owns it. */
  claimedBy: Run | null;
  isDeleted: boolean;
  /** Whether a retried request created it again after its deletion: then nothing is compared any more. */
  isRecreated: boolean;
  /** The runs that ended it, and those that counted its usage. */
  readonly endedBy: (Run | null)[];
  readonly countedBy: Run[];
}

const short = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);

const areSameText = (one: string, other: string): boolean => one.startsWith(other) || other.startsWith(one);

/** What a reader has. */
export interface ReadText extends AnswerText {
  readonly attempt: number;
  /** Whether its connection has sent an event. A new one sends the thinking from its beginning, as the store has it. */
  readonly isConnected: boolean;
}

/** Checks the service's guarantees in the step in which something changes. */
export interface Oracle {
  readonly observe: Observe;
  /** Checks an event that a reader received. Returns what the reader has after it. */
  checkEvent(id: string, before: ReadText, event: GenerationEvent): AnswerText;
  known(): readonly (readonly [string, Row])[];
  /** Checks at the end that each run that ended a generation has counted it once, and no other run has. */
  checkUsage(lostCounts: number): void;
  /** The first violation. The next step throws it, because the product might catch it here. */
  violation: Violation | null;
}

export interface OracleDeps {
  readonly store: Pick<SimulatedStore, 'rows'>;
  readonly journal: Pick<Journal, 'read'>;
  readonly engine: Pick<SimulatedEngine, 'runs'>;
  /** Absent: there are no tools. */
  readonly tools?: Pick<SimulatedTools, 'checkRow'>;
  /**
   * Whether rows are read from time to time, not after each change. Then a continuation may be seen only after its end, and
   * a run's end after its row.
   */
  readonly isSampled?: boolean;
}

export const createOracle = ({ store, journal, engine, tools, isSampled = false }: OracleDeps): Oracle => {
  const generations = new Map<string, Known>();

  const fail = (message: string): void => {
    oracle.violation ??= new Violation(message);
  };

  const knownOf = (id: string): Known | undefined => generations.get(id);

  const checkComplete = (row: Row): void => {
    const text = row.content ?? '';
    const isWhole = engine.runs.some((run) => run.isDone && run.prefix + run.text === text);
    if (!isWhole && !isSampled) {
      fail(`${row.id} is COMPLETED, but its text is not the whole text of any answer: ${short(text)}`);
    }
  };

  const checkRow = (row: Row): void => {
    const known = generations.get(row.id);
    if (!known) {
      generations.set(row.id, {
        row,
        texts: new Map(),
        savedAttempt: null,
        claimedBy: null,
        isDeleted: false,
        isRecreated: false,
        finals: new Map(),
        endedBy: [],
        countedBy: [],
      });
      return;
    }
    const before = known.row;
    if (before.toolUse !== row.toolUse || before.status !== row.status) tools?.checkRow(row);
    if (before.status === row.status && before.attempt === row.attempt && before.content === row.content) {
      known.row = row;
      return;
    }
    known.row = row;
    known.isRecreated ||= known.isDeleted;
    if (known.isRecreated) return;
    if (row.status === 'RUNNING') checkClaim(known, before, row);
    if (row.attempt < before.attempt) {
      fail(`${row.id}: its attempt went from ${before.attempt} to ${row.attempt}`);
    }
    const mayHaveContinued = isSampled && row.attempt > before.attempt;
    if (isFinal(before.status) && row.status !== before.status && !mayHaveContinued) {
      if (row.status !== 'QUEUED') fail(`${row.id} ended twice: ${before.status}, then ${row.status}`);
      else if (row.attempt <= before.attempt) fail(`${row.id} was continued without a new attempt`);
    }
    if (row.content !== before.content && row.content !== null) checkContent(known, before, row);
    if (isFinal(row.status) && !isFinal(before.status)) {
      known.endedBy.push(currentContext()?.run ?? null);
      if (row.messageId !== null) {
        if (row.status === 'COMPLETED') checkComplete(row);
        const { status, content, thinking } = row;
        known.finals.set(row.attempt, { status, text: content ?? '', thinking: thinking ?? '' });
      }
    }
  };

  const checkClaim = (known: Known, before: Row, row: Row): void => {
    if (before.status === 'RUNNING' && row.attempt === before.attempt) return;
    const run = currentContext()?.run ?? null;
    const isTakeover = before.status === 'RUNNING' && run !== null && run !== known.claimedBy;
    const last = known.claimedBy;
    if (isTakeover && last && !last.process.isDisturbed && !last.isOver) {
      fail(`${row.id} was taken over from a healthy worker`);
    }
    known.claimedBy = run;
  };

  const checkContent = (known: Known, before: Row, row: Row): void => {
    const [old, text] = [before.content ?? '', row.content ?? ''];
    if (isFinal(before.status) && !(isSampled && row.attempt > before.attempt)) {
      fail(`${row.id} is ${before.status}, and its text changed from ${short(old)} to ${short(text)}`);
    }
    if (known.savedAttempt === row.attempt && !text.startsWith(old)) {
      fail(`${row.id}: the stored text of attempt ${row.attempt} went from ${short(old)} to ${short(text)}`);
    }
    known.savedAttempt = row.attempt;
    const live = known.texts.get(row.attempt)?.text ?? '';
    if (!areSameText(live, text)) {
      fail(`${row.id}: attempt ${row.attempt} has ${short(live)}, but ${short(text)} was stored`);
    }
  };

  const checkEntry = (id: string, attempt: number, { text, thinking }: AnswerText): void => {
    const known = knownOf(id);
    if (!known || known.isRecreated) return;
    const before = known.texts.get(attempt) ?? { text: '', thinking: '' };
    if (!text.startsWith(before.text)) {
      fail(`${id}: the text of attempt ${attempt} went from ${short(before.text)} to ${short(text)}`);
    }
    if (!thinking.startsWith(before.thinking)) {
      const [old, now] = [short(before.thinking), short(thinking)];
      fail(`${id}: the thinking of attempt ${attempt} went from ${old} to ${now}`);
    }
    known.texts.set(attempt, { text, thinking });
  };

  const markDeleted = (rows: readonly Row[]): void => {
    const left = new Set(rows.map(({ id }) => id));
    for (const [id, known] of generations) known.isDeleted ||= !left.has(id);
  };

  /** The memory journal's `read` reads the entry synchronously. */
  const checkJournal = (id: string): void => {
    void journal.read(id).then((entry) => entry && checkEntry(id, entry.attempt, entry));
  };

  let checked: readonly Row[] | null = null;
  const changesJournal = /begin|append|restore/;
  const changesStore = /insert|transition|setContent|appendContents|delete/;

  const oracle: Oracle = {
    violation: null,
    observe(port, method, args) {
      if (port === 'usage' && method === 'add') {
        const run = currentContext()?.run;
        if (run) knownOf(run.generationId)?.countedBy.push(run);
        return;
      }
      if (port === 'journal') {
        if (changesJournal.test(method)) checkJournal(args[0] as string);
        return;
      }
      if (!changesStore.test(method)) return;
      const rows = store.rows();
      if (rows === checked) return;
      checked = rows;
      for (const row of rows) checkRow(row);
      if (method.startsWith('delete')) markDeleted(rows);
    },
    checkEvent(id, before, event) {
      const known = knownOf(id);
      const { attempt, offset, delta, thinkingOffset, thinkingDelta, status } = event;
      const text = before.text.slice(0, offset) + delta;
      const thinking = before.thinking.slice(0, thinkingOffset) + thinkingDelta;
      if (known?.isRecreated) return { text, thinking };
      if (attempt < before.attempt) {
        fail(`a reader of ${id} went from attempt ${before.attempt} to ${attempt}`);
      }
      const isSame = attempt === before.attempt;
      if (!isSame && (offset !== 0 || thinkingOffset !== 0)) {
        const from = `offset ${offset} of its text and ${thinkingOffset} of its thinking`;
        fail(`a reader of ${id} got attempt ${attempt} from ${from} after attempt ${before.attempt}`);
      }
      if (offset > before.text.length) {
        fail(`a reader of ${id} with ${before.text.length} characters got offset ${offset}`);
      }
      if (thinkingOffset > before.thinking.length) {
        const had = before.thinking.length;
        fail(`a reader of ${id} with ${had} characters of thinking got offset ${thinkingOffset}`);
      }
      if (isSame && !text.startsWith(before.text)) {
        fail(`a reader of ${id} had ${short(before.text)} of attempt ${attempt} and now has ${short(text)}`);
      }
      const mayLag = !before.isConnected && !isFinal(status);
      const isKept = thinking.startsWith(before.thinking) || (mayLag && before.thinking.startsWith(thinking));
      if (isSame && !isKept) {
        const [old, now] = [short(before.thinking), short(thinking)];
        fail(`a reader of ${id} had the thinking ${old} of attempt ${attempt} and now has ${now}`);
      }
      const live = known?.texts.get(attempt);
      if (live && !areSameText(live.text, text)) {
        fail(`a reader of ${id} has ${short(text)} of attempt ${attempt}, which is ${short(live.text)}`);
      }
      if (live && !areSameText(live.thinking, thinking)) {
        const is = short(live.thinking);
        fail(`a reader of ${id} has the thinking ${short(thinking)} of attempt ${attempt}, which is ${is}`);
      }
      const final = known?.finals.get(attempt);
      if (final && isFinal(status)) {
        const isStored = final.status === status && final.text === text && final.thinking === thinking;
        if (!isStored) {
          const list = (end: AnswerText & { readonly status: string }) =>
            `${end.status}, ${short(end.text)}, thinking ${short(end.thinking)}`;
          fail(
            `a reader of ${id} ends attempt ${attempt} with ${list({ status, text, thinking })}, but ${list(final)} is stored`,
          );
        }
      }
      return { text, thinking };
    },
    known: () => [...generations].map(([id, { row }]) => [id, row] as const),
    checkUsage(lostCounts) {
      let missing = 0;
      for (const [id, { endedBy, countedBy, isDeleted, isRecreated }] of generations) {
        if (isRecreated) continue;
        if (new Set(countedBy).size < countedBy.length) fail(`${id} was counted twice by one run`);
        const other = countedBy.find((run) => !endedBy.includes(run));
        if (other) fail(`${id} was counted by a run that did not end it`);
        // If the store's reply was lost and the row is deleted, a run can't know that it ended the generation.
        const isUnknown = (run: Run) => isDeleted && run.hasLostReply;
        missing += endedBy.filter(
          (run) => run && run.process.state !== 'killed' && !isUnknown(run) && !countedBy.includes(run),
        ).length;
      }
      if (missing > lostCounts) fail(`${missing} runs were not counted; faults explain ${lostCounts}`);
    },
  };

  return oracle;
};

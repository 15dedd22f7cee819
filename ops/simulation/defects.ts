import { registerHooks } from 'node:module';

/** A defect that the service once had, as a change to the current code that brings it back. */
export interface Defect {
  readonly name: string;
  readonly describes: string;
  readonly changes: readonly {
    /** Below `api/`. */
    readonly file: string;
    /** Text that occurs exactly once in the file. */
    readonly find: string;
    readonly replace: string;
  }[];
}

export const defects: readonly Defect[] = [
  {
    name: 'end-is-a-state',
    describes: 'A reader that was stalled during an end and a continuation loops forever',
    changes: [
      {
        file: 'generations/watch/inbox.ts',
        find: '  let isStale = false;\n',
        replace: '  let isStale = false;\n  let isOver = false;\n',
      },
      {
        file: 'generations/watch/inbox.ts',
        find: '    ended: changed,\n',
        replace: '    ended() {\n      isOver = true;\n      changed();\n    },\n',
      },
      {
        file: 'generations/watch/inbox.ts',
        find: '      isStale = false;\n      if (wasStale)',
        replace: '      isStale = isOver;\n      if (wasStale)',
      },
    ],
  },
  {
    name: 'unfenced-content',
    describes: 'A worker that was paused overwrites the text of the worker that took over',
    changes: [
      {
        file: 'messages/store.sqlite.ts',
        find: 'AND (attempt IS NULL OR attempt <= :attempt)',
        replace: 'AND :attempt > 0',
      },
      {
        file: 'messages/searchIndex.mongo.ts',
        find: '$or: [{ attempt: { $exists: false } }, { attempt: { $lte: attempt } }],',
        replace: '',
      },
    ],
  },
  {
    name: 'followers-unknown',
    describes: 'Recovery treats followers of a cached answer as orphans',
    changes: [
      {
        file: 'generations/cache/lookup.ts',
        find: 'const hold = await queue.hold(job, leaderId);',
        replace: 'const hold = { lost: new AbortController().signal, release: async () => {} };',
      },
    ],
  },
  {
    name: 'superseded-run-ends',
    describes: 'A superseded run counts usage and ends the journal entry of the next attempt',
    changes: [
      {
        file: 'generations/run/output/autosave.ts',
        find: "return isUncertain && (await hasEnded()) ? 'saved' : 'superseded';",
        replace: "return 'saved';",
      },
      {
        file: 'generations/journal/journal.memory.ts',
        find: 'if (attemptOf(id) > attempt || endedAttempt(id) > attempt) return;',
        replace: '',
      },
    ],
  },
  {
    name: 'two-texts',
    describes: 'An answer that cannot be continued restarts under the same attempt',
    changes: [
      {
        file: 'generations/run/claim.ts',
        find: 'if (!(await raise(generation.attempt + 1, { thinking: null }))) return null;',
        replace: '',
      },
    ],
  },
  {
    name: 'thinking-lost',
    describes: 'An answer is stored without the thinking that its readers have',
    changes: [
      {
        file: 'generations/run/run.ts',
        find: "thinking: isInConversation && thinking !== '' ? thinking : null,",
        replace: 'thinking: null,',
      },
    ],
  },
  {
    name: 'ordered-by-id',
    describes: 'Messages have ids derived from a key, and are listed by id: answers before questions',
    changes: [
      {
        file: 'generations/request/writeTurn.ts',
        find: 'questionId: isKnown ? null : ids.next(),\n    answerId: ids.next(),',
        replace:
          "questionId: isKnown ? null : ids.derived(start.id, 'question'),\n    answerId: ids.derived(start.id, 'answer'),",
      },
      {
        file: 'messages/store.sqlite.ts',
        find: 'ORDER BY m.number LIMIT :size',
        replace: 'ORDER BY m.id LIMIT :size',
      },
    ],
  },
  {
    name: 'call-repeated',
    describes: 'A takeover calls a writing tool again that may have run',
    changes: [
      {
        file: 'generations/run/tools/toolRun.ts',
        find: "if (call.state === 'RUNNING' && isWriting) return reject(call, 'FAILED', unknownOutcome);",
        replace: '',
      },
    ],
  },
  {
    name: 'call-without-permission',
    describes: 'A takeover runs a call that waits for the user',
    changes: [
      {
        file: 'generations/run/tools/toolRun.ts',
        find: "if (call.state === 'WAITING' || (isWriting && !call.isAllowed)) {",
        replace: "if (call.state !== 'WAITING' && isWriting && !call.isAllowed) {",
      },
    ],
  },
  {
    name: 'calls-left-open',
    describes: 'An answer ends without its calls',
    changes: [
      {
        file: 'generations/store/toolUseAfter.ts',
        find: 'isEnd(patch) ? callsAtEnd(calls, patch.finishedAt ?? null) : calls',
        replace: 'calls',
      },
    ],
  },
  {
    name: 'return-without-slot',
    describes: 'An answer that returns from a tool uses the engine without a slot',
    changes: [
      {
        file: 'generations/run/tools/engineUse.ts',
        find: 'return acquire(run, signal, true);',
        replace: 'return acquire(run, AbortSignal.abort(), true);',
      },
    ],
  },
];

/** Applies a defect to the modules that are loaded afterwards. Throws if the code has changed so that it doesn't fit. */
export const applyDefect = (name: string): void => {
  const defect = defects.find((one) => one.name === name);
  if (!defect)
    throw new Error(`There is no defect "${name}". Defects: ${defects.map((one) => one.name).join(', ')}.`);
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const changes = defect.changes.filter(({ file }) => url.endsWith(`/api/${file}`));
      if (changes.length === 0) return loaded;
      let source = Buffer.from(loaded.source as Uint8Array).toString();
      for (const { file, find, replace } of changes) {
        if (source.split(find).length !== 2) {
          throw new Error(
            `Defect "${name}" does not fit api/${file} any more: update it in ops/simulation/defects.ts.`,
          );
        }
        source = source.replace(find, () => replace);
      }
      return { ...loaded, source };
    },
  });
};

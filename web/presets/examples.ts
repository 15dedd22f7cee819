import type { VariableValue } from './runPreset.ts';

/** Inputs with which a newcomer can run the built-in presets at once. */
const examples: Readonly<Record<string, Readonly<Record<string, VariableValue>>>> = {
  'error-explanation': {
    log: `Traceback (most recent call last):
  File "/srv/shop/orders.py", line 42, in <module>
    main()
  File "/srv/shop/orders.py", line 31, in main
    total = sum(order["price"] for order in orders)
KeyError: 'price'`,
    language: 'Python',
  },
  'meeting-summary': {
    transcript: `Ada: Thanks for coming. The release is ready, except for the notes.
Bob: I write the notes until Thursday.
Ada: Good. Then we ship on Friday, that is decided.
Chen: Who tests the installer on Windows?
Ada: I don't know yet. Let's ask the support team.`,
    topic: 'the next release',
  },
  'code-review': {
    diff: `diff --git a/src/users.js b/src/users.js
--- a/src/users.js
+++ b/src/users.js
@@ -10,4 +10,5 @@ export class Users {
   async find(name) {
-    return this.db.get('SELECT * FROM users WHERE name = ?', [name]);
+    const sql = "SELECT * FROM users WHERE name = '" + name + "'";
+    return this.db.get(sql);
   }
 }
`,
    language: 'JavaScript',
  },
  docker: { request: 'Why does the container web answer with errors? Restart web if it hangs.' },
  'agent-healing': {
    log: `2026-11-20T09:14:02Z worker-3 INFO  batch 118 of 240 done
2026-11-20T09:14:31Z worker-3 WARN  heap 1.9 GB of 2.0 GB
2026-11-20T09:14:40Z worker-3 FATAL JavaScript heap out of memory
2026-11-20T09:14:40Z worker-3 INFO  exit code 134`,
    state: '{"batchSize": 500, "restarts": 0, "queue": 61000}',
    actions: `restart-worker: Restarts the worker. It continues with the last batch.
shrink-batches: Halves the size of a batch.
reload-config: Reads the configuration again.`,
  },
  translate: { text: 'Good morning! The build is green again.', language: 'German' },
};

export const exampleOf = (name: string): Readonly<Record<string, VariableValue>> | null =>
  Object.hasOwn(examples, name) ? (examples[name] ?? null) : null;

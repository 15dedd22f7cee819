import { pino } from 'pino';
import { engineUnavailable } from '../errors/failures.ts';
import type { AuditEvent } from './auditEvent.ts';
import { newEvent } from './events.testing.ts';
import { createAuditWriter } from './writer.ts';

/** A store that can be unavailable, and notifies of each call. */
const createStore = () => {
  const written: AuditEvent[] = [];
  const batches: number[] = [];
  let asked = Promise.withResolvers<void>();
  const store = {
    isUnavailable: false,
    append: async (events: readonly AuditEvent[]) => {
      asked.resolve();
      asked = Promise.withResolvers();
      if (store.isUnavailable) throw engineUnavailable('MongoDB is unavailable.');
      batches.push(events.length);
      written.push(...events);
    },
  };
  return { store, written, batches, whenAsked: () => asked.promise };
};

describe('the audit writer', () => {
  const open = () => {
    const logged: Record<string, unknown>[] = [];
    const log = pino({}, { write: (line: string) => void logged.push(JSON.parse(line)) });
    const parts = createStore();
    const lost = (count: number) => newEvent({ action: 'EVENTS_LOST', count });
    return { ...parts, logged, writer: createAuditWriter({ store: parts.store, log, lost }) };
  };

  it('resolves after writing, and keeps the order', async () => {
    const { writer, written } = open();
    const [one, two, three] = [newEvent(), newEvent(), newEvent()];
    writer.add(one);
    await writer.write(two);
    expect(written).toEqual([one, two]);
    writer.add(three);
    await writer.close();
    expect(written).toEqual([one, two, three]);
  });

  it('rejects a write that has to be stored while the store is unavailable', async () => {
    const { writer, store, written } = open();
    const [refused, stored] = [newEvent(), newEvent()];
    store.isUnavailable = true;
    await expect(writer.writeStored(refused)).rejects.toThrow('The audit log is unavailable.');
    expect(written).toEqual([]);
    store.isUnavailable = false;
    await writer.close();
    expect(written).toEqual([refused]);
    const again = open();
    await again.writer.writeStored(stored);
    expect(again.written).toEqual([stored]);
    await again.writer.close();
  });

  it('writes a background event soon, also during another write', async () => {
    for (let ticks = 0; ticks < 20; ticks += 1) {
      const { writer, written, whenAsked } = open();
      const asked = whenAsked();
      const first = writer.write(newEvent());
      await asked;
      for (let tick = 0; tick < ticks; tick += 1) await null;
      const writtenNext = whenAsked();
      const late = newEvent();
      if (ticks % 2 === 0) writer.add(late);
      else void writer.write(late);
      await first;
      // The test waits for another write; without one, it fails by its time limit.
      if (!written.includes(late)) await writtenNext;
      await writer.close();
      expect(written).toHaveLength(2);
    }
  });

  it('batches background events into one write', async () => {
    const { writer, batches, whenAsked } = open();
    const asked = whenAsked();
    for (let count = 0; count < 1200; count += 1) writer.add(newEvent());
    await asked;
    await writer.close();
    expect(batches).toEqual([500, 500, 200]);
  });

  it('resolves immediately while the store is unavailable, and writes all events afterwards', async () => {
    const { store, writer, written, logged } = open();
    store.isUnavailable = true;
    const events = [newEvent(), newEvent({ details: { prompt: 'a secret' } }), newEvent()];
    for (const event of events) await writer.write(event);
    expect(written).toEqual([]);
    expect(logged).toMatchObject([{ level: 40, code: 'ENGINE_UNAVAILABLE' }]);
    store.isUnavailable = false;
    await writer.close();
    expect(written).toEqual(events);
    expect(JSON.stringify(logged)).not.toContain('secret');
  });

  it('reports lost events in the log and in the audit log', async () => {
    const { store, writer, written, logged } = open();
    store.isUnavailable = true;
    await writer.write(newEvent());
    for (let count = 0; count < 10_004; count += 1) writer.add(newEvent({ details: { count } }));
    store.isUnavailable = false;
    await writer.close();
    expect(written).toHaveLength(10_001);
    expect(written.at(-1)).toMatchObject({ action: 'EVENTS_LOST', count: 5 });
    expect(logged.filter(({ level }) => level === 50).at(-1)).toMatchObject({ events: 5 });
  });

  it('logs how many events are lost if the store is unavailable at close', async () => {
    const { store, writer, logged } = open();
    store.isUnavailable = true;
    await writer.write(newEvent());
    await writer.close();
    expect(logged.at(-1)).toMatchObject({ level: 50, events: 1 });
  }, 15_000);
});

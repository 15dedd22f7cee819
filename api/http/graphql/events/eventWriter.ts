import type { ExecutionResult } from 'graphql';
import type { EventSelection, SelectedField } from './eventSelection.ts';

type Data = Record<string, unknown>;

/** Prepares the results of the events of one subscription. */
export interface EventWriter {
  /** Learns from an event that graphql-js executed. */
  executed(event: object, result: ExecutionResult): void;
  /** Returns the data of an event; null if graphql-js must execute it. */
  data(event: object): Data | null;
  /**
   * Returns the JSON of the result of an event; null if graphql-js must execute it. Events with the same `whole` have the
   * same scalar fields, so that their readers share the text. Null: no other reader has this event.
   */
  text(event: object, whole: object | null): string | null;
}

/** The last text of a selection, which the next reader of the event may share. */
interface SharedText {
  readonly whole: object;
  /** The fields that are objects, in JSON. */
  readonly objects: string;
  readonly text: string;
}

const shared = new WeakMap<EventSelection, SharedText>();

/** What the last executed event has shown. */
interface Shown {
  readonly event: Data;
  readonly data: Data;
  /** The values of the fields that are objects, in JSON, by their name in the response. */
  readonly objects: ReadonlyMap<string, string>;
  readonly allObjects: string;
}

export const createEventWriter = (selection: EventSelection): EventWriter => {
  const { key, fields } = selection;
  const objectFields = fields.filter(({ leaf }) => leaf === null);
  const opening = `{"data":{${JSON.stringify(key)}:{`;
  const pieces = fields.map((field, index) => ({
    field,
    name: `${index > 0 ? ',' : ''}${JSON.stringify(field.key)}:`,
  }));
  let last: Shown | null = null;

  /** Whether the objects of an event are those that were shown last. */
  const isSame = (event: Data, shown: Shown): boolean => {
    for (const { property } of objectFields) if (event[property] !== shown.event[property]) return false;
    return true;
  };

  return {
    executed(event, { data, errors }) {
      const shown = (errors ? null : data?.[key]) as Data | null | undefined;
      if (!shown) {
        last = null;
        return;
      }
      const objects = new Map(objectFields.map((field) => [field.key, JSON.stringify(shown[field.key])]));
      last = { event: event as Data, data: shown, objects, allObjects: [...objects.values()].join() };
    },
    data(given) {
      const event = given as Data;
      if (!last || !isSame(event, last)) return null;
      const shown: Data = Object.create(null);
      for (const field of fields) {
        const value = field.leaf === null ? last.data[field.key] : leafOf(field, event);
        if (value === undefined) return null;
        shown[field.key] = value;
      }
      const data: Data = Object.create(null);
      data[key] = shown;
      return data;
    },
    text(given, whole) {
      const event = given as Data;
      if (!last || !isSame(event, last)) return null;
      const known = whole === null ? undefined : shared.get(selection);
      if (known?.whole === whole && known?.objects === last.allObjects) return known.text;
      let text = opening;
      for (const { field, name } of pieces) {
        if (field.leaf === null) {
          text += name + last.objects.get(field.key);
          continue;
        }
        const value = leafOf(field, event);
        if (value === undefined) return null;
        text += name + (typeof value === 'number' ? value : JSON.stringify(value));
      }
      text += '}}}';
      if (whole !== null) shared.set(selection, { whole, objects: last.allObjects, text });
      return text;
    },
  };
};

/** Returns the serialized value of a leaf; undefined if graphql-js has to report an error. */
const leafOf = ({ property, leaf }: SelectedField, event: Data): unknown => {
  const value = event[property];
  if (value === null || value === undefined) return leaf?.isNullable ? null : undefined;
  try {
    return leaf?.type.serialize(value);
  } catch {
    return undefined;
  }
};

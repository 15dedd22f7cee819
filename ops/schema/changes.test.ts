import { buildSchema } from 'graphql';
import { findChanges } from './changes.ts';

const before = buildSchema(`
  type Query { book(id: ID!, lang: String): Book books: [Book!]! }
  type Book { id: ID! title: String! pages: Int kind: Kind }
  enum Kind { NOVEL POEM }
  input BookFilter { title: String }
`);

describe('the difference between two schemas', () => {
  it('is empty between a schema and itself', () => {
    expect(findChanges(before, before)).toEqual({ breaking: [], dangerous: [], added: [], deprecated: [] });
  });

  it('lists breaking, potentially breaking, added and deprecated parts', () => {
    const after = buildSchema(`
      type Query { book(id: ID!, lang: String!, edition: Int): Book books: [Book!]! authors: [Author!]! }
      type Author { name: String! }
      type Book {
        id: ID!
        pages: Float
        kind(old: Boolean @deprecated(reason: "It is always so.")): Kind @deprecated(reason: "Ask for the\\ngenre.")
        author: Author
      }
      enum Kind { NOVEL POEM DRAMA }
      input BookFilter { title: String, author: String! }
    `);
    expect(findChanges(before, after)).toEqual({
      breaking: [
        'A required field author on input type BookFilter was added.',
        'Book.pages changed type from Int to Float.',
        'Book.title was removed.',
        'Query.book arg lang has changed type from String to String!.',
      ],
      dangerous: [
        'An optional arg edition on Query.book was added.',
        'An optional arg old on Book.kind was added.',
        'DRAMA was added to enum type Kind.',
      ],
      added: ['Author was added.', 'Book.author was added.', 'Query.authors was added.'],
      deprecated: [
        'Book.kind is deprecated: Ask for the genre.',
        'Book.kind(old:) is deprecated: It is always so.',
      ],
    });
  });
});

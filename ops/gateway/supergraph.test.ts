import { readFile } from 'node:fs/promises';
import { compose, subgraphs, supergraphFile } from './supergraph.ts';

/** A subgraph of another service that follows Relay's server specification. */
const relayServer = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.4", import: ["@key", "@shareable"])
  scalar DateTime
  scalar JSON
  interface Node { id: ID! }
  type PageInfo @shareable { startCursor: String endCursor: String hasNextPage: Boolean! hasPreviousPage: Boolean! }
  type Ticket implements Node @key(fields: "id") { id: ID! openedAt: DateTime! details: JSON reporter: User! }
  type TicketEdge { cursor: String! node: Ticket! }
  type TicketConnection { edges: [TicketEdge!]! pageInfo: PageInfo! }
  type User @key(fields: "id") { id: ID! tickets(first: Int): TicketConnection! }
  type Query { tickets(first: Int): TicketConnection! }
`;

describe('the supergraph', () => {
  it('is current', async () => {
    expect(await readFile(supergraphFile, 'utf8')).toBe(compose(await subgraphs()));
  });

  it('composes with another Relay server that has pages, scalars and nodes', async () => {
    const third = { name: 'tickets', url: 'http://127.0.0.1:4002/graphql', sdl: relayServer };
    expect(compose([...(await subgraphs()), third])).toContain('TICKETS @join__graph(name: "tickets"');
  });

  it('reports why subgraphs do not compose', async () => {
    const sdl = 'type Query { viewer: User } type User { id: ID! username: Int }';
    const rival = { name: 'rival', url: 'http://127.0.0.1:4003/graphql', sdl };
    const all = [...(await subgraphs()), rival];
    expect(() => compose(all)).toThrow(/^the subgraphs do not compose:\n(- .*\n)*- .*User\.username/);
  });
});

/** The agents that report failures, and the attempts to heal them. `content` is JSON. */
export const healing = `
CREATE TABLE healing_agents (
  id TEXT PRIMARY KEY,
  owner_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
  agent_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  content TEXT NOT NULL,
  UNIQUE (owner_id, agent_id)
) STRICT;
CREATE INDEX healing_agents_of_owner ON healing_agents (owner_id, created_at, id);
CREATE TABLE healings (
  id TEXT PRIMARY KEY,
  owner_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
  reporter_id TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  event_id TEXT NOT NULL,
  status TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  content TEXT NOT NULL,
  UNIQUE (reporter_id, event_id)
) STRICT;
CREATE INDEX healings_of_owner ON healings (owner_id, created_at, id);
CREATE INDEX healings_of_status ON healings (owner_id, status, created_at, id);
CREATE INDEX healings_of_agent ON healings (owner_id, agent_id, created_at, id);
`;

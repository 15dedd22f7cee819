/** Requests for commands that change containers. `content` is JSON. */
export const dockerRequests = `
CREATE TABLE docker_requests (
  id TEXT PRIMARY KEY,
  owner_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
  status TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  content TEXT NOT NULL
) STRICT;
CREATE INDEX docker_requests_of_owner ON docker_requests (owner_id, created_at, id);
CREATE INDEX docker_requests_in_time ON docker_requests (created_at, id);
`;

/** Where the Docker Engine API listens. */
export type DockerAddress =
  | { readonly socketPath: string }
  | { readonly host: string; readonly port: number; readonly protocol: 'http' | 'https' };

const protocols: Readonly<Record<string, 'http' | 'https'>> = {
  'tcp:': 'http',
  'http:': 'http',
  'https:': 'https',
};

/** Reads `unix:///var/run/docker.sock`, `tcp://host:2375` or `https://host:2376`. Returns null for another text. */
export const parseDockerAddress = (text: string): DockerAddress | null => {
  if (text.startsWith('unix://')) {
    const socketPath = text.slice('unix://'.length);
    return /^\/[^\0]+$/.test(socketPath) ? { socketPath } : null;
  }
  const url = URL.parse(text);
  const protocol = url && protocols[url.protocol];
  const hasMore = url && (url.username || url.password || url.search || !['', '/'].includes(url.pathname));
  if (!url || !protocol || hasMore || url.hostname === '' || url.port === '') return null;
  return { host: url.hostname, port: Number(url.port), protocol };
};

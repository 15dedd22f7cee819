/** The path below which the server is reached, such as `/ai`; empty at the root. The server writes it into the page. */
export const basePath = document.querySelector<HTMLMetaElement>('meta[name="base-path"]')?.content ?? '';

/** Returns the address of one of the server's paths, for links and requests outside of the router. */
export const serverAddress = (path: string): string => `${basePath}${path}`;

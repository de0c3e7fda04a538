/** The addresses of the client's pages. The build lists them for the server, which answers any other with 404. */
export const routes = ['/', '/history', '/account'] as const;

export type Route = (typeof routes)[number];

/**
 * The path under which the server is published: empty, or such as `/clockwork`. The build puts every script into `assets`, right below it,
 * so that pages and workers know it by where they come from.
 */
export const basePath = import.meta.env.PROD
  ? new URL('..', import.meta.url).pathname.replace(/\/$/, '')
  : '';

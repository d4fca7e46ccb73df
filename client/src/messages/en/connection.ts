/** What people read when there is no answer of the server to read. Small: it is part of the first page. */
export const unavailable = "The server isn't available at the moment.";
export const statusOnly = (status: number) => `The server answered with status ${status}.`;
export const offline = "You're offline, so this can't be saved. Try again when you're back online.";
export const unreachable = "The server can't be reached.";
export const foreignAnswer =
  'Something else answered in place of the server, for example a proxy whose sign-in has ended. Reload the page to sign in again.';
export const unknown = 'Something went wrong.';
export const conflict = 'This was changed elsewhere.';

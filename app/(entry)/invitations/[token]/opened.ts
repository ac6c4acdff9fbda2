/** Stands in the address bar in place of the token, once the page has taken it out. */
export const OPENED = 'opened';

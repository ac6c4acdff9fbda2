/** Replaces the token in the address bar. */
export const OPENED = 'opened';

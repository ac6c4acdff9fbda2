/** Why a live view ended for good. The browser doesn't reconnect after these; after any other end it does. */
export type EndReason = 'signed_out' | 'elsewhere';

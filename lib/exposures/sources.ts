import type { ExposureSource } from './record-exposure.ts';

/** How a find came to us, in words. */
export const SOURCE_WORDS: Readonly<Record<ExposureSource, string>> = {
  secret_scanning: 'Found by secret scanning',
  found_key: 'Reported by somebody who found it',
  portal_text: 'Typed into a text of the portal',
  gateway_query: 'Sent in the address of a call',
};

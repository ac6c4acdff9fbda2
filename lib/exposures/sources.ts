import type { exposureSource } from '#db/schema/credentials.ts';

export type ExposureSource = (typeof exposureSource.enumValues)[number];

/** How an exposure was reported. */
export const SOURCE_LABELS: Readonly<Record<ExposureSource, string>> = {
  secret_scanning: 'Found by secret scanning',
  found_key: 'Reported by someone who found it',
  portal_text: 'Entered in a form in the portal',
  gateway_query: 'Sent in the URL of a request',
};

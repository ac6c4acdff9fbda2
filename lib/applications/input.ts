import { z } from 'zod';
import { plainText } from '#lib/access/text.ts';

/** Endpoints that one application can connect. The largest public documents have about 1,100. */
const ENDPOINTS_MAX = 10_000;

/** The "App ID" in a URL. */
export const AppId = z.string().regex(/^app_[0-9A-Za-z]{16}$/);

export const ApplicationDetails = z.object({
  title: plainText('title', { min: 1, max: 80 }),
  description: plainText('description', { max: 500, lines: 'many' }),
});

export const EndpointIds = z
  .array(z.uuid())
  .min(1, 'Select at least one endpoint.')
  .max(ENDPOINTS_MAX, `An app can connect at most ${ENDPOINTS_MAX} endpoints.`)
  .transform((ids) => [...new Set(ids)]);

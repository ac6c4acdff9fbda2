import { z } from 'zod';

/** Names one membership review of the team. */
export const OneReview = z.object({ reviewId: z.uuid() });

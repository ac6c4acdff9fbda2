import { z } from 'zod';

/** Identifies one membership review of the team. */
export const OneReview = z.object({ reviewId: z.uuid() });

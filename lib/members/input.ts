import { z } from 'zod';

/** Identifies one member of the team. */
export const OneMember = z.object({ memberId: z.uuid() });

import { z } from 'zod';

/** Names one member of the team. */
export const OneMember = z.object({ memberId: z.uuid() });

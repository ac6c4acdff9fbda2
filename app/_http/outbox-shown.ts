import { env } from '#lib/env.ts';

/** Whether `/outbox` shows emails: never in production, and only where no one else can reach the portal unless set. */
export const outboxIsShown = (): boolean => env().outboxIsShown;

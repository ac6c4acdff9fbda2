import type { NotificationKind } from '#db/schema/notifications.ts';

export type { NotificationKind };

/** How each kind of notification is described. Members choose which to see and which to get by email. */
export const NOTIFICATION_LABELS: Readonly<Record<NotificationKind, { label: string; description: string }>> =
  {
    quota: {
      label: 'Daily quota',
      description: 'The team has used 80% or 100% of its daily quota',
    },
    errors: {
      label: 'Error rate',
      description: 'More requests fail than in the previous 24 hours',
    },
    refusals: {
      label: 'Rejected requests',
      description: 'First rejected request for a key in 7 days',
    },
    expiry: {
      label: 'Expiring keys',
      description: 'A key expires soon or has expired',
    },
    exposure: {
      label: 'Exposed keys',
      description: 'A secret key was found in public',
    },
  };

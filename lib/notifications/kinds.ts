/** What a person can be told of, and choose to see and to get by mail. */
export const NOTIFICATION_KINDS = {
  quota: {
    label: 'Daily quota',
    description: 'The team has used 80 % or all of the day’s calls.',
  },
  errors: {
    label: 'Error rate',
    description: 'More calls fail than in the day before.',
  },
  refusals: {
    label: 'Refused keys',
    description: 'A key is refused that was not for 7 days.',
  },
  expiry: {
    label: 'Ending keys',
    description: 'A key ends soon, or has ended.',
  },
  exposure: {
    label: 'Exposed keys',
    description: 'A secret key was found where it should not be.',
  },
} as const;

export type NotificationKind = keyof typeof NOTIFICATION_KINDS;

export const KINDS = Object.keys(NOTIFICATION_KINDS) as [NotificationKind, ...NotificationKind[]]; // The keys of a literal.

import { ENVIRONMENT_LABELS } from '#lib/credentials/environment-labels.ts';
import type { Environment } from '#lib/credentials/format.ts';

const VALUES: readonly Environment[] = ['development', 'staging', 'production'];

export const ENVIRONMENTS = VALUES.map((value) => ({ value, label: ENVIRONMENT_LABELS[value] }));

export const environmentLabel = (environment: Environment): string => ENVIRONMENT_LABELS[environment];

export const EXPIRATION_OPTIONS = [
  { value: 'never', label: 'Never expires' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '180', label: '180 days' },
] as const;

import type { Environment } from '#lib/credentials/format.ts';

export const ENVIRONMENTS: readonly { value: Environment; label: string }[] = [
  { value: 'development', label: 'Development' },
  { value: 'staging', label: 'Staging' },
  { value: 'production', label: 'Production' },
];

export const environmentLabel = (environment: Environment): string =>
  ENVIRONMENTS.find((candidate) => candidate.value === environment)?.label ?? environment;

export const EXPIRATION_OPTIONS = [
  { value: 'never', label: 'Never expires' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '180', label: '180 days' },
] as const;

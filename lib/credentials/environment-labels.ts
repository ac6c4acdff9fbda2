import type { Environment } from './format.ts';

/** The names of the environments, in the order of a key's life. */
export const ENVIRONMENT_LABELS: Readonly<Record<Environment, string>> = {
  development: 'Development',
  staging: 'Staging',
  production: 'Production',
};

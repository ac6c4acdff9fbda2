import type { Environment } from './format.ts';

/** How the environments are written for people, in the order of a key's life. */
export const ENVIRONMENT_LABELS: Readonly<Record<Environment, string>> = {
  development: 'Development',
  staging: 'Staging',
  production: 'Production',
};

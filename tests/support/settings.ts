import { readSettings } from '#lib/env.ts';

/** The settings of the test environment. */
export const settings = readSettings();

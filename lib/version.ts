import manifest from '../package.json' with { type: 'json' };

/** The version of this installation, from package.json. Shown in the sidebar and printed at start. */
export const VERSION: string = manifest.version;

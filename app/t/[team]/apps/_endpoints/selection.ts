/** The IDs of the endpoints that are selected. */
export type Selection = ReadonlySet<string>;

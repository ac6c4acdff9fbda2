/** An error in a document and its location: a line and column, or a JSON pointer. */
export type Problem = { place: string; reason: string };

export type Parsed = { ok: true; value: unknown; duplicates: Problem[] } | { ok: false; problems: Problem[] };

export type Parameter = {
  name: string;
  in: string;
  required: boolean;
  description: string;
  schema: unknown;
  example: unknown;
};

export type Operation = {
  method: string;
  path: string;
  operationId: string | null;
  summary: string;
  description: string;
  tag: string;
  deprecated: boolean;
  parameters: Parameter[];
  requestBody: unknown;
  responses: unknown;
};

/** What a document says that doesn't take effect at the gateway. */
export type Note = Problem & {
  topic: 'header' | 'server' | 'duplicate' | 'reference' | 'route' | 'schema';
};

/** An operation or path that was left out, by reason. */
export type Skipped = Problem & { name: string };

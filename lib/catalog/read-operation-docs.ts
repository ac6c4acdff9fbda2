import type { Queryable } from '#db/client.ts';
import type { User } from '#lib/access/member.ts';
import { findOperation } from './find-operation.ts';
import type { Json } from './json-value.ts';
import { mergeSchema } from './merge-schema.ts';
import { openDocument } from './open-document.ts';
import { type Media, type OperationParameter, operationShape } from './operation-shape.ts';
import { givenExample, mediaExample } from './schema-example.ts';
import { schemaFacts } from './schema-facts.ts';
import { type SchemaNode, schemaTree, typeName } from './schema-tree.ts';

/** Schema rows on one page, and the share for its request body. */
const NODES_MAX = 240;
const BODY_NODES = 140;
const DEPTH_MAX = 6;
const MEDIA_MAX = 4;
const EXAMPLE_MAX = 6_000;

export type ParameterDocs = Pick<
  OperationParameter,
  'name' | 'in' | 'required' | 'deprecated' | 'description'
> & { type: string; facts: string[]; values: string[]; example: unknown };

export type MediaDocs = { contentType: string; tree: SchemaNode | null; example: string | null };

/** The documentation of one operation, or null. */
export async function readOperationDocs(
  { db }: { db: Queryable; user: User },
  input: { slug: string; key: string },
) {
  const row = await findOperation(db, input);
  if (!row) return null;
  const root = await openDocument(db, row.api);
  const shape = operationShape(root, row);
  const responseCount = shape.responses.reduce((sum, { media }) => sum + Math.min(media.length, 1), 0);
  const share = Math.max(10, Math.floor((NODES_MAX - BODY_NODES) / Math.max(1, responseCount)));
  const { parameters: _p, requestBody: _b, responses: _r, api, ...endpoint } = row;
  return {
    ...endpoint,
    api: { slug: api.slug, title: api.title },
    parameters: shape.parameters.map((parameter) => parameterDocs(root, parameter)),
    body: shape.body && {
      required: shape.body.required,
      description: shape.body.description,
      media: shape.body.media
        .slice(0, MEDIA_MAX)
        .map((media) => mediaDocs(root, media, 'request', BODY_NODES)),
    },
    responses: shape.responses.map(({ media, ...response }) => ({
      ...response,
      // A response's other media types usually repeat the first.
      media: media.slice(0, 1).map((one) => mediaDocs(root, one, 'response', share)),
      others: media.slice(1).map(({ contentType }) => contentType),
    })),
    /** The stored columns, for code samples. */
    sample: { parameters: row.parameters, requestBody: row.requestBody },
    bodyExample: bodyExample(root, shape.body?.media ?? []),
  };
}

export type OperationDocs = NonNullable<Awaited<ReturnType<typeof readOperationDocs>>>;

function parameterDocs(root: Json, parameter: OperationParameter): ParameterDocs {
  const { name, in: place, required, deprecated, description } = parameter;
  const schema = mergeSchema(root, parameter.schema) ?? {};
  return {
    ...{ name, in: place, required, deprecated, description },
    type: typeName(root, parameter.schema),
    ...schemaFacts(schema),
    example: parameter.example ?? givenExample(schema),
  };
}

function mediaDocs(
  root: Json,
  { contentType, media }: Media,
  way: 'request' | 'response',
  nodes: number,
): MediaDocs {
  const schema = (media as { schema?: unknown } | null)?.schema; // Only passed on.
  const tree = schema === undefined ? null : schemaTree(root, schema, { nodes, depth: DEPTH_MAX });
  const example =
    JSON.stringify(mediaExample(root, media, { for: way, properties: 'all' }), null, 2) ?? 'null';
  return { contentType, tree, example: example === 'null' ? null : cut(example) };
}

const cut = (text: string) =>
  text.length > EXAMPLE_MAX ? `${text.slice(0, text.lastIndexOf('\n', EXAMPLE_MAX))}\n…` : text;

/** JSON for the samples with required properties only. Null if the operation doesn't accept JSON. */
function bodyExample(root: Json, list: readonly Media[]): { contentType: string; text: string } | null {
  const json = list.find(({ contentType }) => /[/+]json\b/i.test(contentType));
  if (!json) return null;
  const value = mediaExample(root, json.media, { for: 'request', properties: 'required' });
  return { contentType: json.contentType, text: JSON.stringify(value) ?? 'null' };
}

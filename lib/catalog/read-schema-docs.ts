import { and, eq, isNull } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { apis } from '#db/schema/catalog.ts';
import type { User } from '#lib/access/member.ts';
import { isObject } from './json-value.ts';
import { openDocument } from './open-document.ts';
import { schemaExample } from './schema-example.ts';
import { type SchemaNode, schemaTree } from './schema-tree.ts';

const OPTIONS = { nodes: 300, depth: 8 };
const EXAMPLE_MAX = 10_000;

/** A schema in `components` by name, or null. */
export async function readSchemaDocs(
  { db }: { db: Queryable; user: User },
  input: { slug: string; name: string },
): Promise<{ api: { slug: string; title: string }; tree: SchemaNode; example: string } | null> {
  const [api] = await db
    .select({ id: apis.id, slug: apis.slug, title: apis.title, updatedAt: apis.updatedAt })
    .from(apis)
    .where(and(eq(apis.slug, input.slug), isNull(apis.removedAt)));
  if (!api) return null;
  const root = await openDocument(db, api);
  const schemas = isObject(root.components) ? root.components.schemas : null;
  if (!isObject(schemas) || !Object.hasOwn(schemas, input.name)) return null;
  // As a reference, so that a circular reference to it is recognized.
  const schema = { $ref: `#/components/schemas/${encodeURIComponent(pointed(input.name))}` };
  const example = JSON.stringify(
    schemaExample(root, schema, { for: 'response', properties: 'all' }),
    null,
    2,
  );
  return {
    api: { slug: api.slug, title: api.title },
    tree: { ...schemaTree(root, schema, OPTIONS), model: undefined },
    example: example.length > EXAMPLE_MAX ? `${example.slice(0, EXAMPLE_MAX)}…` : example,
  };
}

const pointed = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1');

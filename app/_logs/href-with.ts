/** A URL with the given query parameters. Later values win; undefined and empty ones are left out. */
export function hrefWith(path: string, ...queries: Record<string, string | undefined>[]): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(Object.assign({}, ...queries) as Record<string, unknown>))
    if (typeof value === 'string' && value) query.set(name, value);
  return query.size ? `${path}?${query}` : path;
}

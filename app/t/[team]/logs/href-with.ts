/** An address with the given query; what is undefined or empty stays out. */
export function hrefWith(path: string, ...queries: Record<string, string | undefined>[]): string {
  const query = new URLSearchParams();
  for (const [name, value] of queries.flatMap(Object.entries)) if (value) query.set(name, value);
  return query.size ? `${path}?${query}` : path;
}

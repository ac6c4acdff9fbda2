/**
 * Which of several links belongs to the current page: the one with the same path or the longest parent path, and among
 * equal paths the one that shares the most query parameters.
 */
export function currentHref(
  hrefs: readonly string[],
  pathname: string,
  search: Pick<URLSearchParams, 'get'>,
): string | undefined {
  let best: { href: string; score: number } | undefined;
  for (const href of hrefs) {
    const [path = '', query = ''] = href.split('?');
    const wanted = [...new URLSearchParams(query)];
    if (pathname !== path && !(wanted.length === 0 && pathname.startsWith(`${path}/`))) continue;
    if (!wanted.every(([name, value]) => search.get(name) === value)) continue;
    const score = path.length * 100 + wanted.length;
    if (!best || score > best.score) best = { href, score };
  }
  return best?.href;
}

/**
 * Which of several links stands for the page one is on: its path is the page's or the longest that leads to it,
 * and of links with the same path the one that shares the most query values.
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

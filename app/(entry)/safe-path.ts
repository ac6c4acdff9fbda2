/** Where to go after signing in: the requested path of this portal, or its start page for anything else. */
export function safePath(asked: string | string[] | undefined): string {
  if (typeof asked !== 'string' || !/^\/(?![/\\])[\w./~%-]*$/.test(asked)) return '/';
  return asked;
}

/** Between two people on one line, as mail programs write them: a comma or semicolon after an address. */
const NEXT = /(?<=@[^\s,;<>]+>?)\s*[,;]/;

/**
 * The people in a text: `Name <mail>` or a bare address, one a line or one after the other. What is no address is
 * judged later.
 */
export function parsePeople(text: string): { name: string; email: string }[] {
  return text
    .split(/\r\n|\r|\n/)
    .flatMap((line) => line.split(NEXT))
    .map((line) =>
      line
        .trim()
        .replace(/[,;]+$/, '')
        .trim(),
    )
    .filter(Boolean)
    .map((line) => {
      const named = /^(.*?)<([^<>]*)>$/.exec(line);
      if (!named) return { name: '', email: line };
      const [, name = '', email = ''] = named;
      return { name: name.trim().replace(/^"(.*)"$/, '$1'), email: email.trim() };
    });
}

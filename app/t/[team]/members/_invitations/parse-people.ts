/** The separator between two people on one line, as email clients write it: a comma or semicolon after an address. */
const NEXT = /(?<=@[^\s,;<>]+>?)\s*[,;]/;

/** Parses people from text: `Name <address>` or an address, one per line or separated. Addresses are validated later. */
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

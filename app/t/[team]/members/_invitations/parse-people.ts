/** The people in a text of one a line, `Name <mail>` or a bare address. What is no address is judged later. */
export function parsePeople(text: string): { name: string; email: string }[] {
  return text
    .split(/\r\n|\r|\n/)
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

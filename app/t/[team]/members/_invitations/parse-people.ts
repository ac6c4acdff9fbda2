/** Parses people from text: `Name <address>` or an address, one per line or separated. Addresses are validated later. */
export function parsePeople(text: string): { name: string; email: string }[] {
  return text
    .split(/\r\n|\r|\n/)
    .flatMap(splitLine)
    .map((line) => withoutSeparators(line.trim()).trim())
    .filter(Boolean)
    .map((line) => {
      const named = /^(.*?)<([^<>]*)>$/.exec(line);
      if (!named) return { name: '', email: line };
      const [, name = '', email = ''] = named;
      return { name: name.trim().replace(/^"(.*)"$/, '$1'), email: email.trim() };
    });
}

const isSeparator = (character: string | undefined) => character === ',' || character === ';';

/** Splits where email clients do, at a comma or semicolon after an address. Looks at every character once. */
function splitLine(line: string): string[] {
  const people: string[] = [];
  let [start, from] = [0, 0];
  for (let i = 0; i < line.length; i++) {
    if (!isSeparator(line[i])) continue;
    if (endsInAddress(line.slice(from, i))) {
      people.push(line.slice(start, i));
      start = i + 1;
    }
    from = i + 1;
  }
  people.push(line.slice(start));
  return people;
}

function endsInAddress(text: string): boolean {
  const trimmed = text.trimEnd();
  const end = trimmed.endsWith('>') ? trimmed.slice(0, -1) : trimmed;
  const [last = ''] = end.split(/[\s<>]/).slice(-1);
  const at = last.indexOf('@');
  return at >= 0 && at < last.length - 1;
}

function withoutSeparators(text: string): string {
  let end = text.length;
  while (isSeparator(text[end - 1])) end--;
  return text.slice(0, end);
}

/**
 * A key of `paths` as the router reads it. OpenAPI's `{name}`, and the expressions of RFC 6570 and of other gateways
 * that documents use in practice: `{+rest}`, `{rest*}`, `{proxy+}`, `{name=projects/*}`, `{;matrix}`, `{?query}`.
 */
export type PathTemplate = {
  /** All forms that a path can have: more than one if an expression is optional. */
  readonly forms: readonly PathForm[];
  /** What the query must contain. */
  readonly conditions: readonly QueryCondition[];
};

export type PathForm = {
  /** Segments from the start. Each is a literal, or literals around `{}` for a parameter. */
  readonly start: readonly string[];
  /** For a parameter that spans segments: the segments after it, and how many it takes at least. */
  readonly rest: { readonly end: readonly string[]; readonly min: 0 | 1 } | null;
};

/** `value` is null if the parameter only has to be present. Both are decoded. */
export type QueryCondition = { readonly name: string; readonly value: string | null };

export type TemplateExpression = {
  /** As written, with braces. */
  readonly text: string;
  /** The name without operators. Some documents declare the parameter with them: see `inner`. */
  readonly name: string;
  readonly inner: string;
  /** Its value can contain slashes. */
  readonly spans: boolean;
};

const EXPRESSION = /\{([^{}]*)\}/g;
const OPTIONAL_MAX = 3;
/** Stands for a parameter that spans segments while a template is read. */
const SPAN = '\0';

/** Reads a key of `paths`, or returns the reason why it can't be routed. */
export function readTemplate(key: string): PathTemplate | string {
  if (!key.startsWith('/')) return key === '' ? 'The path is empty' : 'The path doesn’t begin with a slash';
  const expanded = expandVariables(withoutFragment(key));
  if (/[{}]/.test(expanded.replaceAll(/\{[^{}]+\}/g, ''))) return 'The braces don’t match';
  const mark = indexOutsideBraces(expanded, '?');
  const path = mark < 0 ? expanded : expanded.slice(0, mark);
  const conditions = mark < 0 ? [] : readConditions(expanded.slice(mark + 1));
  const forms: PathForm[] = [];
  const alternatives = withOptional(path);
  if (!alternatives) return `The path has more than ${OPTIONAL_MAX} optional expressions`;
  for (const alternative of alternatives) {
    const form = readForm(alternative);
    if (typeof form === 'string') return form;
    forms.push(...form);
  }
  return { forms, conditions };
}

/** The expressions of a template in order, without those of its query or fragment. */
export function templateExpressions(key: string): TemplateExpression[] {
  return [...withoutFragment(key).matchAll(EXPRESSION)].flatMap(([text, inner = '']) => {
    if (/^[?&#]/.test(inner)) return [];
    const bare = inner.replace(/^[+./;]/, '').replace(/[=:].*$/s, '');
    const name = bare.replace(/[*+]+$/, '');
    return [{ text, name, inner, spans: spans(inner) || /^\/.*\*$|=.*[/*]/.test(inner) }];
  });
}

/** Operations with the same key answer the same requests, whatever their parameters are called. */
export function routeKey(template: PathTemplate): string {
  const conditions = template.conditions.map(({ name, value }) => JSON.stringify([name, value])).sort();
  const forms = template.forms.map(({ start, rest }) =>
    JSON.stringify(rest ? [start, rest.end, rest.min] : [start]),
  );
  return `${forms.sort().join(' ')}?${conditions.join('&')}`;
}

function spans(inner: string): boolean {
  if (/^[;.?&#]/.test(inner)) return false;
  const colon = inner.indexOf(':');
  if (colon >= 0) return /^\.[*+]$/.test(inner.slice(colon + 1));
  return inner.startsWith('+') || /[*+]$/.test(inner) || /=.*\*\*/.test(inner);
}

export function withoutFragment(key: string): string {
  const mark = indexOutsideBraces(key, '#');
  return mark < 0 ? key : key.slice(0, mark);
}

function indexOutsideBraces(text: string, character: string): number {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '{') depth++;
    else if (text[i] === '}') depth--;
    else if (depth === 0 && text[i] === character) return i;
  }
  return -1;
}

/** `{name=projects/*\/items/**}` (google.api.http) says which segments the variable takes. */
function expandVariables(path: string): string {
  return path.replaceAll(/\{([^{}=]+)=([^{}]*)\}/g, (_all, name: string, pattern: string) =>
    pattern
      .split('/')
      .map((segment) => segment.replaceAll('**', SPAN).replaceAll('*', `{${name}}`))
      .join('/')
      .replaceAll(SPAN, `{+${name}}`),
  );
}

/** Every expression as `{}` or a span, with and without those that can be empty. Null if there are too many. */
function withOptional(path: string): string[] | null {
  let forms = [''];
  let optional = 0;
  let from = 0;
  for (const match of path.matchAll(EXPRESSION)) {
    const [given, empty] = choices(match[1]!);
    if (empty && ++optional > OPTIONAL_MAX) return null;
    const literal = path.slice(from, match.index);
    forms = forms.flatMap((form) => [form + literal + given, ...(empty ? [form + literal] : [])]);
    from = match.index + match[0].length;
  }
  return [...new Set(forms.map((form) => form + path.slice(from) || '/'))];
}

/** What an expression stands for, and whether it can be left out. */
function choices(inner: string): [text: string, canBeEmpty: boolean] {
  if (/^[?&#]/.test(inner)) return ['', false];
  if (inner.startsWith(';')) return [';{}', true];
  if (inner.startsWith('.')) return ['.{}', true];
  if (inner.startsWith('/')) return [inner.endsWith('*') ? `/${SPAN}` : '/{}', true];
  return [spans(inner) ? SPAN : '{}', false];
}

function readForm(text: string): PathForm[] | string {
  // Adjacent parameters can't be told apart: together they match what one would.
  const path = text.replaceAll(new RegExp(`(?:\\{\\}|${SPAN})*${SPAN}(?:\\{\\}|${SPAN})*`, 'g'), SPAN);
  const segments = path
    .replaceAll(/(?:\{\})+/g, '{}')
    .slice(1)
    .split('/')
    .map(encodeLiteral);
  const problem = segmentsProblem(segments);
  if (problem) return problem;
  const at = segments.findIndex((segment) => segment.includes(SPAN));
  if (at < 0) return [{ start: segments, rest: null }];
  if (segments.join('/').split(SPAN).length > 2) return 'Two parameters of the path span several segments';
  return spanForms(segments, at);
}

function spanForms(segments: readonly string[], at: number): PathForm[] {
  const [before = '', after = ''] = segments[at]!.split(SPAN);
  const [start, end] = [segments.slice(0, at), segments.slice(at + 1)];
  const rest = before === '' && after === '' ? ({ min: 1 } as const) : ({ min: 0 } as const);
  const long: PathForm = {
    start: before === '' ? start : [...start, `${before}{}`],
    rest: { ...rest, end: after === '' ? end : [`{}${after}`, ...end] },
  };
  if (before === '' || after === '') return [long];
  return [long, { start: [...start, `${before}{}${after}`, ...end], rest: null }];
}

function segmentsProblem(segments: readonly string[]): string | null {
  if (segments.slice(0, -1).includes('')) return 'The path contains two slashes in a row';
  if (segments.some((segment) => /^\.{1,2}$/.test(segment)))
    return 'The path contains "." or ".." as a segment';
  if (segments.some((segment) => /%(?![0-9A-F]{2})/i.test(segment)))
    return 'The path contains a "%" that encodes nothing';
  return segments.some((segment) => /%(?:[01][0-9A-F]|5C|7F|C[01])/i.test(segment))
    ? 'The path contains a control character or a backslash'
    : null;
}

/** Clients send what a path can't contain percent-encoded (RFC 3986 section 3.3). */
const encodeLiteral = (segment: string): string =>
  segment.replace(/[^A-Za-z0-9\-._~!$&'()*+,;=:@%{}\0]+/g, (part) => encodeURIComponent(part.toWellFormed()));

function readConditions(query: string): QueryCondition[] {
  return query.split('&').flatMap((pair): QueryCondition[] => {
    const [name = '', value] = splitPair(pair);
    if (!name || /[{}]/.test(name)) return [];
    const isOpen = value === undefined || /\{[^{}]*\}/.test(value);
    return [{ name: decodePair(name), value: isOpen ? null : decodePair(value) }];
  });
}

export function splitPair(pair: string): [name: string, value?: string] {
  const equals = pair.indexOf('=');
  return equals < 0 ? [pair] : [pair.slice(0, equals), pair.slice(equals + 1)];
}

/** Decodes a name or value of a query (application/x-www-form-urlencoded). */
export function decodePair(text: string): string {
  if (!/[%+]/.test(text)) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

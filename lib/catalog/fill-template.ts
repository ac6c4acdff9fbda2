import { type TemplateExpression, templateExpressions, withoutFragment } from './path-template.ts';

/**
 * The path of a request: a key of `paths` with its fixed parts and expressions replaced. What its query must contain
 * stays, and its fragment and optional query go.
 */
export function fillTemplate(
  key: string,
  literal: (text: string) => string,
  value: (expression: TemplateExpression) => string,
): string {
  const known = new Map(templateExpressions(key).map((expression) => [expression.text, expression]));
  let inQuery = false;
  return withoutFragment(key)
    .split(/(\{[^{}]*\}|\?)/)
    .map((part) => {
      if (part === '?') inQuery = true;
      const expression = known.get(part);
      if (expression) return prefixOf(expression) + value(expression);
      if (part.startsWith('{')) return '';
      return inQuery ? part : literal(part);
    })
    .join('');
}

export const withQuery = (path: string, query: string): string =>
  query === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`;

/** RFC 6570: `{;id}` is `;id=5`, `{.format}` is `.json`, `{/part}` is `/part`. */
function prefixOf({ inner, name }: TemplateExpression): string {
  if (inner.startsWith(';')) return `;${name}=`;
  return /^[./]/.test(inner) ? inner[0]! : '';
}

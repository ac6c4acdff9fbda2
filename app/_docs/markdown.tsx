import { marked, type Token, type Tokens } from 'marked';
import { Fragment, type ReactNode } from 'react';
import { linkTarget, withEntities, withoutTags } from './link-target.ts';

const LENGTH_MAX = 50_000;
const scrolling = 'overflow-x-auto rounded-lg border border-line bg-sunken px-4 py-3 text-sm';

/**
 * A description in Markdown. Each token is rendered as one of our own elements, so text can't inject markup: HTML loses
 * its tags, images become their alternative text, and links lead only to web and email addresses.
 */
export function Markdown({ text }: { text: string }) {
  const tokens = marked.lexer(text.slice(0, LENGTH_MAX), { gfm: true });
  return <div className="flex min-w-0 flex-col gap-3 break-words">{blocks(tokens)}</div>;
}

/** Inline Markdown: code, emphasis and links, no blocks. */
export function InlineMarkdown({ text }: { text: string }) {
  return <>{inline(marked.Lexer.lexInline(text.slice(0, LENGTH_MAX), { gfm: true }))}</>;
}

/** Tokens are never reordered, so the index is the key. */
const each = (tokens: readonly Token[] | undefined, render: (token: Token) => ReactNode): ReactNode =>
  // biome-ignore lint/suspicious/noArrayIndexKey: the order never changes.
  (tokens ?? []).map((token, index) => <Fragment key={index}>{render(token)}</Fragment>);

const blocks = (tokens: readonly Token[] | undefined) => each(tokens, block);
const inline = (tokens: readonly Token[] | undefined) => each(tokens, span);

function block(token: Token): ReactNode {
  switch (token.type) {
    case 'heading':
      return <p className="mt-2 font-semibold">{inline(token.tokens)}</p>;
    case 'paragraph':
      return <p>{inline(token.tokens)}</p>;
    case 'text':
      return token.tokens ? inline(token.tokens) : withEntities(token.text);
    case 'code':
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable content must be reachable by keyboard.
        <pre tabIndex={0} className={scrolling}>
          <code>{token.text}</code>
        </pre>
      );
    case 'blockquote':
      return (
        <blockquote className="flex flex-col gap-2 border-l-2 border-line-strong pl-4 text-muted">
          {blocks(token.tokens)}
        </blockquote>
      );
    case 'list':
      return list(token as Tokens.List); // Known from its type.
    case 'table':
      return table(token as Tokens.Table); // Known from its type.
    case 'hr':
      return <hr />;
    case 'html':
      return <p>{withoutTags(token.text)}</p>;
    default:
      return null;
  }
}

function list({ ordered, start, items }: Tokens.List): ReactNode {
  const rows = each(items, (item) => <li>{blocks(item.type === 'list_item' ? item.tokens : [])}</li>);
  return ordered ? (
    <ol start={Number(start) || 1} className="flex list-decimal flex-col gap-1 pl-6">
      {rows}
    </ol>
  ) : (
    <ul className="flex list-disc flex-col gap-1 pl-6">{rows}</ul>
  );
}

function table({ header, rows }: Tokens.Table): ReactNode {
  const cell = 'border-b border-line px-3 py-1.5 text-left align-top';
  const cells = (row: readonly Tokens.TableCell[], head: boolean) =>
    row.map((one, index) =>
      head ? (
        // biome-ignore lint/suspicious/noArrayIndexKey: the order never changes.
        <th key={index} scope="col" className={`${cell} font-medium`}>
          {inline(one.tokens)}
        </th>
      ) : (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same.
        <td key={index} className={cell}>
          {inline(one.tokens)}
        </td>
      ),
    );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable content must be reachable by keyboard.
    <div tabIndex={0} className="overflow-x-auto rounded-lg border border-line">
      <table className="w-full border-separate border-spacing-0 text-sm">
        <thead>
          <tr>{cells(header, true)}</tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the same.
            <tr key={index}>{cells(row, false)}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function span(token: Token): ReactNode {
  switch (token.type) {
    case 'text':
    case 'escape':
      return 'tokens' in token && token.tokens ? inline(token.tokens) : withEntities(token.text);
    case 'strong':
      return <strong className="font-semibold">{inline(token.tokens)}</strong>;
    case 'em':
      return <em>{inline(token.tokens)}</em>;
    case 'del':
      return <del>{inline(token.tokens)}</del>;
    case 'codespan':
      return <code className="rounded-sm bg-sunken px-1 py-0.5 break-words">{withEntities(token.text)}</code>;
    case 'br':
      return <br />;
    case 'link':
      return link(token as Tokens.Link); // Known from its type.
    case 'image':
      return withEntities(token.text);
    case 'html':
      return withoutTags(token.text);
    default:
      return null;
  }
}

function link({ href, tokens }: Tokens.Link): ReactNode {
  const target = linkTarget(href);
  if (!target) return inline(tokens);
  return (
    <a href={target} rel="noreferrer nofollow" className="text-accent underline underline-offset-4">
      {inline(tokens)}
    </a>
  );
}

import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { InlineMarkdown, Markdown } from './markdown.tsx';

const block = (text: string) => renderToStaticMarkup(<Markdown text={text} />);
const line = (text: string) => renderToStaticMarkup(<InlineMarkdown text={text} />);

test('paragraphs, lists, code and tables become elements', () => {
  const html = block(
    '# Title\n\nSome *text* with `a < b`.\n\n- one\n- two\n\n```\ncode <b>\n```\n\n|a|b|\n|-|-|\n|1|2|',
  );
  for (const part of [
    '<em>text</em>',
    'a &lt; b</code>',
    '<li>one</li>',
    'code &lt;b&gt;',
    '<td',
    '<th scope="col"',
  ])
    expect(html).toContain(part);
});

test.each([
  ['<script>alert(1)</script>'],
  ['text <img src=x onerror=alert(1)> text'],
  ['<svg onload=alert(1)>'],
  ['<iframe srcdoc="<script>alert(1)</script>"></iframe>'],
  ['[x](javascript:alert(1))'],
  ['[x](JaVaScRiPt:alert(1))'],
  ['[x](data:text/html,<script>alert(1)</script>)'],
  ['[x](vbscript:x)'],
  ['<javascript:alert(1)>'],
  ['![x](javascript:alert(1))'],
  ['[x][y]\n\n[y]: javascript:alert(1)'],
  ['`<script>`'],
  ['<a href="https://x" onclick="alert(1)">x</a>'],
  ['<!--<script>alert(1)</script>'],
])('a description can’t inject elements or scripts: %s', (text) => {
  for (const html of [block(text), line(text)]) {
    expect(html).not.toMatch(/<(script|img|svg|iframe|a)[\s>]/i);
    expect(html).not.toMatch(/(href|src|on\w+)=/i);
  }
});

test('links can only lead to web and email addresses', () => {
  expect(line('[docs](https://example.com/a?b=1&c=2)')).toContain('href="https://example.com/a?b=1&amp;c=2"');
  expect(line('[relative](/operator)')).toBe('relative');
});

test('HTML in descriptions is reduced to its text', () => {
  expect(block('<p>First <code>x</code> &amp; more.</p>')).toContain('First x &amp; more.');
  expect(line('a<br>b')).toBe('ab');
});

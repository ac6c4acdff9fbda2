import { clsx } from 'clsx';
import type { ComponentProps, ReactNode } from 'react';

type Align = 'left' | 'right' | 'center';
const aligned = (align: Align | undefined) =>
  align === 'right' ? 'text-right' : align === 'center' ? 'text-center' : 'text-left';

/**
 * A table that scrolls inside its own frame with a sticky head. The frame is focusable, so that it can be scrolled by
 * keyboard. Below 640 px each row becomes a card (see `.cards` in globals.css) whose cells are labeled by `Td label`.
 */
export function Table({
  label,
  children,
  className,
}: {
  label: string;
  children: ReactNode;
  className?: string;
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: there is no element for a scrolling frame.
    <div
      role="region"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable content must be reachable by keyboard (WCAG 2.1.1).
      tabIndex={0}
      className={clsx(
        'relative overflow-x-auto rounded-lg border border-line bg-surface sm:max-h-[80dvh] sm:overflow-y-auto',
        className,
      )}
    >
      <table aria-label={label} className="cards w-full border-separate border-spacing-0">
        {children}
      </table>
    </div>
  );
}

export function THead(props: ComponentProps<'thead'>) {
  return <thead {...props} className={clsx('bg-sunken text-sm text-muted', props.className)} />;
}

export function TBody(props: ComponentProps<'tbody'>) {
  return <tbody {...props} className={clsx('[&>tr:last-child>td]:border-b-0', props.className)} />;
}

export function Tr(props: ComponentProps<'tr'>) {
  return <tr {...props} className={clsx('group hover:[&>td]:bg-sunken/60', props.className)} />;
}

export function Th({ align, className, ...rest }: Omit<ComponentProps<'th'>, 'align'> & { align?: Align }) {
  return (
    <th
      scope="col"
      {...rest}
      className={clsx(
        'sticky top-0 z-10 border-b border-line bg-sunken px-3 py-2 font-medium whitespace-nowrap first:pl-4 last:pr-4',
        aligned(align),
        className,
      )}
    />
  );
}

/** A cell. `label` is shown where rows are cards: the head of its column, or '' for none. */
export function Td({
  align,
  mono,
  label,
  className,
  ...rest
}: Omit<ComponentProps<'td'>, 'align'> & { align?: Align; mono?: boolean; label: string }) {
  return (
    <td
      {...rest}
      data-label={label || undefined}
      className={clsx(
        'border-b border-line px-3 py-2.5 align-middle first:pl-4 last:pr-4',
        aligned(align),
        mono && 'font-mono text-sm',
        className,
      )}
    />
  );
}

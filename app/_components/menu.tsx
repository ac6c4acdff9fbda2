'use client';

import { clsx } from 'clsx';
import { Ellipsis } from 'lucide-react';
import Link from 'next/link';
import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import { IconButton } from './button.tsx';

/** A menu behind a button. Without `trigger` the button is three dots named `label`. */
export function Menu({
  label,
  trigger,
  align = 'end',
  className,
  children,
}: {
  label: string;
  trigger?: ReactNode;
  align?: 'start' | 'end';
  className?: string;
  children: ReactNode;
}) {
  return (
    // Not modal: an item can open a dialog, and two modal layers would compete for focus.
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        {trigger ?? (
          <IconButton label={label}>
            <Ellipsis aria-hidden="true" />
          </IconButton>
        )}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          aria-label={label}
          className={clsx(
            'z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-44 animate-rise overflow-y-auto rounded-lg border border-line bg-raised p-1 shadow-popover',
            className,
          )}
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

type ItemProps = {
  onSelect?: (event: Event) => void;
  href?: string;
  prefetch?: false;
  tone?: 'default' | 'danger';
  icon?: ReactNode;
  disabled?: boolean;
  children: ReactNode;
};

export function MenuItem({
  onSelect,
  href,
  prefetch,
  tone = 'default',
  icon,
  disabled,
  children,
}: ItemProps) {
  const className = clsx('menu-item [&_svg]:size-4 [&_svg]:shrink-0', tone === 'danger' && 'text-danger!');
  return (
    <DropdownMenu.Item
      className={className}
      {...(onSelect ? { onSelect } : {})}
      {...(disabled ? { disabled } : {})}
      asChild={href !== undefined}
    >
      {href === undefined ? (
        <>
          {icon}
          {children}
        </>
      ) : (
        <Link href={href} {...(prefetch === false ? { prefetch } : {})}>
          {icon}
          {children}
        </Link>
      )}
    </DropdownMenu.Item>
  );
}

export function MenuSeparator() {
  return <DropdownMenu.Separator className="-mx-1 my-1 h-px bg-line" />;
}

/** The heading of a group of items. */
export function MenuLabel({ children }: { children: ReactNode }) {
  return <DropdownMenu.Label className="px-2 pt-1.5 pb-1 text-xs text-muted">{children}</DropdownMenu.Label>;
}

/** A single choice of several, with the current one marked. */
export function MenuChoices<Value extends string>({
  value,
  onChange,
  options,
}: {
  value: Value;
  onChange: (value: Value) => void;
  options: readonly { value: Value; label: string; icon?: ReactNode }[];
}) {
  return (
    <DropdownMenu.RadioGroup
      value={value}
      onValueChange={(next) => {
        const option = options.find((candidate) => candidate.value === next);
        if (option) onChange(option.value);
      }}
    >
      {options.map((option) => (
        <DropdownMenu.RadioItem key={option.value} value={option.value} className="menu-item [&_svg]:size-4">
          {option.icon}
          <span className="flex-1">{option.label}</span>
          <DropdownMenu.ItemIndicator className="text-accent">✓</DropdownMenu.ItemIndicator>
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  );
}

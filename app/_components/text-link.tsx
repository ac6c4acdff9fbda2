import Link from 'next/link';
import type { ComponentProps } from 'react';

/** A link inside running text. */
export function TextLink(props: Omit<ComponentProps<typeof Link>, 'className'>) {
  return <Link {...props} className="break-words text-accent underline underline-offset-4" />;
}

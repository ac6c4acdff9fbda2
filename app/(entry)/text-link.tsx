import Link from 'next/link';
import type { ComponentProps } from 'react';

/** A link inside running text. */
export function TextLink(props: ComponentProps<typeof Link>) {
  return <Link {...props} className="text-accent underline underline-offset-4" />;
}

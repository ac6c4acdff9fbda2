'use client';

import { useParams } from 'next/navigation';
import type { ReactNode } from 'react';

/** What stands over all pages of My Team but those about one person. */
export function ExceptOnMember({ children }: { children: ReactNode }) {
  return useParams<{ member?: string }>().member ? null : children;
}

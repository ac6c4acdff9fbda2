'use client';

import { useParams } from 'next/navigation';
import type { ReactNode } from 'react';

/** Shown on every page of My Team except those about one member. */
export function ExceptOnMember({ children }: { children: ReactNode }) {
  return useParams<{ member?: string }>().member ? null : children;
}

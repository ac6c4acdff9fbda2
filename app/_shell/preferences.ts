'use server';

import { cookies } from 'next/headers';
import { reachAction } from '#lib/process/action-call.ts';
import { TEAM_COOKIE } from './team-cookie.ts';
import { THEME_COOKIE, themeOf } from './theme.ts';

const YEAR_S = 365 * 24 * 3600;
const lasting = { path: '/', maxAge: YEAR_S, sameSite: 'lax', httpOnly: true } as const;

/** Remembers the theme in this browser. */
export async function rememberTheme(theme: string): Promise<void> {
  reachAction();
  (await cookies()).set(THEME_COOKIE, themeOf(theme), lasting);
}

/** Remembers in this browser which team to open next time. */
export async function rememberTeam(slug: string): Promise<void> {
  reachAction();
  if (/^[a-z0-9-]{1,60}$/.test(slug)) (await cookies()).set(TEAM_COOKIE, slug, lasting);
}

'use client';

import { Monitor, Moon, Sun } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from '#app/_components/button.tsx';
import { Menu, MenuChoices } from '#app/_components/menu.tsx';
import { rememberTheme } from './preferences.ts';
import type { Theme } from './theme.ts';

const options = [
  { value: 'system', label: 'System', icon: <Monitor aria-hidden="true" /> },
  { value: 'light', label: 'Light', icon: <Sun aria-hidden="true" /> },
  { value: 'dark', label: 'Dark', icon: <Moon aria-hidden="true" /> },
] as const;

export function ThemeMenu({ theme }: { theme: Theme }) {
  const [chosen, setChosen] = useState(theme);
  function choose(next: Theme) {
    setChosen(next);
    const { dataset } = document.documentElement;
    if (next === 'system') delete dataset.theme;
    else dataset.theme = next;
    // The page already has the theme. If the server can't be reached, only the next visit is without it.
    void rememberTheme(next).catch(() => {});
  }
  return (
    <Menu
      label="Theme"
      trigger={
        <IconButton label="Theme">
          {chosen === 'dark' ? (
            <Moon aria-hidden="true" />
          ) : chosen === 'light' ? (
            <Sun aria-hidden="true" />
          ) : (
            <Monitor aria-hidden="true" />
          )}
        </IconButton>
      }
    >
      <MenuChoices value={chosen} onChange={choose} options={options} />
    </Menu>
  );
}

'use client';

import { Toaster as Sonner } from 'sonner';

/**
 * Where toasts appear: at the top, because the buttons of dialogs are at the bottom. To show one, call `toast` from
 * sonner.
 */
export function Toaster() {
  return (
    <Sonner
      position="top-center"
      offset={12}
      gap={8}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            'font-sans flex w-[356px] max-w-[min(356px,calc(100vw-5.5rem))] items-start gap-2.5 rounded-lg border border-line bg-raised px-4 py-3 text-base text-ink shadow-popover',
          title: 'font-medium',
          description: 'text-muted',
          content: 'flex-1 min-w-0',
          icon: 'mt-0.5 [&_svg]:size-4',
          success: '[&_[data-icon]]:text-success',
          error: '[&_[data-icon]]:text-danger',
          warning: '[&_[data-icon]]:text-warning',
          info: '[&_[data-icon]]:text-info',
          actionButton: 'shrink-0 font-medium text-accent hover:underline',
          cancelButton: 'shrink-0 text-muted hover:underline',
        },
      }}
    />
  );
}

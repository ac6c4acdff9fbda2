'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import { DangerDialog } from '#app/_components/danger-dialog.tsx';

/** While `active`, asks before leaving the page that shows a secret: by link, Back, reload or closing. */
export function LeaveGuard({ active }: { active: boolean }) {
  const router = useRouter();
  const [target, setTarget] = useState<string | 'back' | null>(null);
  const holdsEntry = useRef(false);
  const leaving = useRef(false);

  useEffect(() => {
    if (!active) return;
    // An extra history entry for the same page, so that Back can be intercepted.
    if (!holdsEntry.current) window.history.pushState(null, '', window.location.href);
    holdsEntry.current = true;
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    const onBack = () => {
      holdsEntry.current = false;
      if (!leaving.current) setTarget('back');
    };
    const onClick = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
      if (!(link instanceof HTMLAnchorElement) || link.target === '_blank' || link.hasAttribute('download'))
        return;
      if (event.ctrlKey || event.metaKey || event.shiftKey || link.origin !== window.location.origin) return;
      event.preventDefault();
      event.stopPropagation();
      setTarget(link.pathname + link.search);
    };
    window.addEventListener('beforeunload', onUnload);
    window.addEventListener('popstate', onBack);
    document.addEventListener('click', onClick, true);
    return () => {
      window.removeEventListener('beforeunload', onUnload);
      window.removeEventListener('popstate', onBack);
      document.removeEventListener('click', onClick, true);
    };
  }, [active]);

  function stay() {
    if (target === 'back' && !holdsEntry.current) {
      window.history.pushState(null, '', window.location.href);
      holdsEntry.current = true;
    }
    setTarget(null);
  }

  function leave() {
    leaving.current = true;
    if (target === 'back') window.history.back();
    else if (target) router.push(target);
  }

  return (
    <DangerDialog
      open={target !== null}
      onOpenChange={(open) => !open && !leaving.current && stay()}
      title="Leave without storing your keys?"
      description="You haven’t copied the secret key. After you leave, it can’t be shown again."
      confirmLabel="Leave without the keys"
      onConfirm={leave}
    />
  );
}

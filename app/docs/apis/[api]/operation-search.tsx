'use client';

import { Search } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useEffect, useId, useRef, useState, useTransition } from 'react';
import { Spinner } from '#app/_components/spinner.tsx';

const PAUSE_MS = 200;

/** Searches as you type and keeps its state in the URL. Without scripts, it's a plain form. */
export function OperationSearch({ path, q, tag }: { path: string; q: string; tag: string | undefined }) {
  const id = useId();
  const router = useRouter();
  const [text, setText] = useState(q);
  const [pending, start] = useTransition();
  const searched = useRef(q);

  useEffect(() => {
    // The URL changed by navigation, not by typing.
    if (q === searched.current) return;
    searched.current = q;
    setText(q);
  }, [q]);

  useEffect(() => {
    if (text.trim() === searched.current) return;
    const timer = setTimeout(() => {
      searched.current = text.trim();
      const query = new URLSearchParams(searched.current ? { q: searched.current } : {});
      if (tag !== undefined) query.set('tag', tag);
      start(() => router.replace(query.size > 0 ? `${path}?${query}` : path, { scroll: false }));
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, tag, path, router]);

  return (
    <search className="relative min-w-56 flex-1">
      <form action={path} noValidate onSubmit={(event) => event.preventDefault()}>
        <label htmlFor={id} className="sr-only">
          Search operations
        </label>
        <Search
          aria-hidden="true"
          className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-muted"
        />
        <input
          id={id}
          name="q"
          type="search"
          value={text}
          onChange={(event) => setText(event.target.value)}
          placeholder="Search by path, summary or operation ID"
          autoComplete="off"
          maxLength={200}
          className="control pl-9!"
        />
        {tag !== undefined && <input type="hidden" name="tag" value={tag} />}
        {pending && (
          <span className="absolute top-1/2 right-9 -translate-y-1/2">
            <Spinner />
          </span>
        )}
      </form>
    </search>
  );
}

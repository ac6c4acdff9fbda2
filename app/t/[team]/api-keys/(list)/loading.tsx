import { Skeleton } from '#app/_components/skeleton.tsx';

export default function ApiKeysLoading() {
  return (
    <div role="status" aria-label="Loading">
      <Skeleton className="h-7 w-32" />
      <Skeleton className="mt-2 mb-6 h-5 w-96 max-w-full" />
      <Skeleton className="mb-4 h-16" />
      <Skeleton className="h-96" />
    </div>
  );
}

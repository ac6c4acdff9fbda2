import { PageSkeleton } from '#app/_components/skeleton.tsx';

export default function Loading() {
  return <PageSkeleton />;
}

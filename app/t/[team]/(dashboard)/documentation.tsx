import { BookOpen, FlaskConical } from 'lucide-react';
import { LinkButton } from '#app/_components/button.tsx';
import { Card } from '#app/_components/card.tsx';

/** Links to the API documentation and the API Tester. */
export function Documentation({ team }: { team: string }) {
  return (
    <Card title="API Documentation" description="Endpoints, parameters and examples. Try them with your key.">
      <div className="flex flex-wrap gap-2">
        <LinkButton href="/docs">
          <BookOpen aria-hidden="true" />
          API Documentation
        </LinkButton>
        <LinkButton href={`${team}/tester`}>
          <FlaskConical aria-hidden="true" />
          API Tester
        </LinkButton>
      </div>
    </Card>
  );
}

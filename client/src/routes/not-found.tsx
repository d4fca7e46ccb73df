import { Link } from '@tanstack/react-router';
import { Compass } from 'lucide-react';
import { EmptyState } from '@/components/states';
import { buttonVariants } from '@/components/ui/button';

export function NotFound() {
  return (
    <EmptyState
      icon={<Compass aria-hidden />}
      title="Page not found"
      action={
        <Link to="/" search={{}} className={buttonVariants({ variant: 'primary' })}>
          Go to the timer
        </Link>
      }
    >
      The link may be old or mistyped.
    </EmptyState>
  );
}

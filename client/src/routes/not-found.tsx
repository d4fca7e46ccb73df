import { Link } from '@tanstack/react-router';
import { Compass } from 'lucide-react';
import { PageHeader } from '@/components/page-header';
import { EmptyState } from '@/components/states';
import { buttonVariants } from '@/components/ui/button';
import { t } from '@/messages/first';

export function NotFound() {
  return (
    <>
      <PageHeader title={t.state.notFound} hidden />
      <EmptyState
        icon={<Compass aria-hidden />}
        title={t.state.notFound}
        action={
          <Link to="/" search={{}} className={buttonVariants({ variant: 'primary' })}>
            {t.state.toTimer}
          </Link>
        }
      >
        {t.state.notFoundHint}
      </EmptyState>
    </>
  );
}

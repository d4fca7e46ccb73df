import { Link } from '@tanstack/react-router';
import { Compass } from 'lucide-react';
import { PageHeader } from '@/components/page-header';
import { EmptyState } from '@/components/states';
import { buttonVariants } from '@/components/ui/button';
import { t } from '@/messages/later';

/** What is shown for a path that no page has. */
export function NotFoundPage() {
  return (
    <>
      <PageHeader title={t.notFound.title} hidden />
      <EmptyState
        icon={<Compass aria-hidden />}
        title={t.notFound.title}
        action={
          <Link to="/" search={{}} className={buttonVariants({ variant: 'primary' })}>
            {t.notFound.toTimer}
          </Link>
        }
      >
        {t.notFound.hint}
      </EmptyState>
    </>
  );
}

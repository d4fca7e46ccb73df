import { Link } from '@tanstack/react-router';
import { useMutation } from '@tanstack/react-query';
import { body, http } from '@/api/http';
import { AuthCard } from '@/components/auth-card';
import { Button, buttonVariants } from '@/components/ui/button';
import { FormError } from '@/components/ui/form-dialog';
import { t } from '@/messages/account';
import { useHashToken } from '../hooks/use-hash-token';

/** Confirms a new address with the link that was sent there: by a click, because scanners of mail follow links, too. */
export function ConfirmAddressPage() {
  const token = useHashToken();
  const confirm = useMutation({
    mutationFn: () => body(http.POST('/api/auth/address/confirm', { body: { token } })),
  });
  const onward = (
    <Link to="/" search={{}} className={buttonVariants({ variant: 'primary', size: 'lg' })}>
      {t.confirmAddress.onward}
    </Link>
  );
  if (confirm.isSuccess)
    return (
      <AuthCard isOutcome title={t.confirmAddress.doneTitle}>
        <p role="status" className="mb-5 text-sm">
          {t.confirmAddress.done}
        </p>
        {onward}
      </AuthCard>
    );
  if (token === '')
    return (
      <AuthCard title={t.confirmAddress.title}>
        <p role="alert" className="mb-5 text-sm">
          {t.confirmAddress.bad}
        </p>
        {onward}
      </AuthCard>
    );
  return (
    <AuthCard title={t.confirmAddress.title} hint={t.confirmAddress.hint}>
      <div className="grid gap-4">
        <FormError error={confirm.error} />
        <Button variant="primary" size="lg" disabled={confirm.isPending} onClick={() => confirm.mutate()}>
          {t.confirmAddress.submit}
        </Button>
      </div>
    </AuthCard>
  );
}

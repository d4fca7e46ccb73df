import { useParams } from '@tanstack/react-router';
import { ClientPage } from '@/features/clients/components/client-page';
import { useMay } from '@/entities/me/use-may';
import { ClientMoney } from '@/features/rates/components/client-money';

/** One client: its projects and, for those who see amounts, what their time is worth. */
export function ClientScreen() {
  const { clientId } = useParams({ from: '/clients/$clientId' });
  const may = useMay();
  return (
    <ClientPage
      key={clientId}
      clientId={clientId}
      money={may('see_amounts') && <ClientMoney clientId={clientId} />}
    />
  );
}

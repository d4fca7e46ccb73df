import { useQuery } from '@tanstack/react-query';
import { RatesSection } from '@/features/rates/components/rates-section';
import { SettingsPage } from '@/features/settings/components/settings-page';
import { meQuery } from '@/entities/me/me';
import { seesAmounts } from '@/entities/me/roles';

/** The settings of the person, and for those who see amounts what time is worth in the workspace. */
export function SettingsScreen() {
  const role = useQuery(meQuery).data?.role;
  return (
    <>
      <SettingsPage />
      {seesAmounts(role) && <RatesSection />}
    </>
  );
}

import { RatesSection } from '@/features/rates/components/rates-section';
import { SettingsPage } from '@/features/settings/components/settings-page';
import { useMay } from '@/entities/me/use-may';

/** The settings of the person, and for those who see amounts what time is worth in the workspace. */
export function SettingsScreen() {
  const may = useMay();
  return (
    <>
      <SettingsPage />
      {may('see_amounts') && <RatesSection />}
    </>
  );
}

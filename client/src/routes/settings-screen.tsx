import { RatesSection } from '@/features/rates/components/rates-section';
import { CalendarFeed } from '@/features/settings/components/calendar-feed';
import { SettingsPage } from '@/features/settings/components/settings-page';
import { useMay } from '@/entities/me/use-may';

/** The settings of the person, the calendar of those who track time, or have, and for those who see amounts what time is worth in the workspace. */
export function SettingsScreen() {
  const may = useMay();
  return (
    <>
      <SettingsPage />
      <CalendarFeed mayMake={may('track_time')} />
      {may('see_amounts') && <RatesSection />}
    </>
  );
}

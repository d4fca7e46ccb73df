/** What a schedule is called: `Every Monday at 08:00`. */
import { formatDateAs, formatWallTime, locale } from '@/lib/time/format';
import { parseClock } from '@/lib/time/parse';
import { temporal } from '@/lib/time/temporal';
import { t } from '@/messages/account';
import type { Schedule } from './schedules';
import { WEEKDAYS } from './search';

/** `Monday`, in the language of the page. */
export function weekdayLabel(weekday: string): string {
  // 1 January 2024 was a Monday.
  const index = WEEKDAYS.findIndex((one) => one === weekday);
  return formatDateAs(new temporal.PlainDate(2024, 1, 1 + Math.max(0, index)), { weekday: 'long' });
}

/** `1st` is for the sentences of a language; a number stands for the day of a month. */
export function monthDayLabel(day: number): string {
  return new Intl.NumberFormat(locale()).format(day);
}

export function scheduleLabel({
  every,
  weekday,
  day,
  time,
  timeZone,
}: Pick<Schedule, 'every' | 'weekday' | 'day' | 'time' | 'timeZone'>): string {
  const words = t.schedules.at;
  const zone = timeZone.replaceAll('_', ' ');
  const clock = parseClock(time);
  const shown = clock ? formatWallTime(clock) : time;
  switch (every) {
    case 'day':
      return words.day(shown, zone);
    case 'week':
      return words.week(weekdayLabel(weekday ?? ''), shown, zone);
    case 'month':
      return words.month(monthDayLabel(day ?? 1), shown, zone);
    default:
      return words.monthEnd(shown, zone);
  }
}

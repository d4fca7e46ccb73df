import { CalendarDays, ChevronLeft, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { DateInput } from '@/components/date-input';
import { Button } from '@/components/ui/button';
import { Popover } from '@/components/ui/popover';
import { useToday } from '@/entities/me/use-today';
import { t } from '@/messages/later';
import { daysLabel, daysOf, presetDays, presetLabel, presetOf, rangeLabel, searchOf, step } from '../ranges';
import { PRESETS, type ReportSearch } from '../search';

const BOUNDS = ['from', 'to'] as const;

interface RangePickerProps {
  search: ReportSearch;
  onChange: (changes: Partial<ReportSearch>) => void;
}

/** Which days the report is about. */
export function RangePicker({ search, onChange }: RangePickerProps) {
  const [open, setOpen] = useState(false);
  const today = useToday();
  const days = daysOf(search, today);
  const chosen = presetOf(search, today);
  const label = rangeLabel(search, today);
  const move = (direction: -1 | 1) => onChange(searchOf(step(days, direction), today));

  return (
    <div className="-ml-2 flex min-w-0 items-center print:hidden">
      <Button variant="ghost" size="icon-sm" aria-label={t.reports.earlier} onClick={() => move(-1)}>
        <ChevronLeft aria-hidden />
      </Button>
      <Popover
        title={t.reports.range}
        open={open}
        onOpenChange={setOpen}
        className="w-80 p-3"
        trigger={
          <Button aria-label={t.reports.rangeIs(label)} className="min-w-0 shrink px-3">
            <CalendarDays aria-hidden className="text-muted-foreground" />
            <span className="truncate">{label}</span>
          </Button>
        }
      >
        <div className="grid gap-3">
          <div className="grid grid-cols-2 gap-0.5">
            {PRESETS.map((preset) => (
              <Button
                key={preset}
                variant="ghost"
                size="sm"
                aria-pressed={preset === chosen}
                title={daysLabel(presetDays(preset, today), today)}
                className="justify-start aria-pressed:bg-accent aria-pressed:text-accent-foreground"
                onClick={() => {
                  onChange({ range: preset, from: undefined, to: undefined });
                  setOpen(false);
                }}
              >
                {presetLabel(preset)}
              </Button>
            ))}
          </div>
          <fieldset className="grid gap-2 border-t pt-3">
            <legend className="sr-only">{t.reports.ownRange}</legend>
            {BOUNDS.map((bound) => (
              <label
                key={bound}
                className="grid grid-cols-[3rem_minmax(0,1fr)] items-center text-[0.8125rem] font-medium"
              >
                {t.filters[bound]}
                <DateInput
                  required
                  value={days[bound].toString()}
                  onCommit={(text) => {
                    const range = {
                      range: undefined,
                      from: days.from.toString(),
                      to: days.to.toString(),
                      [bound]: text,
                    };
                    const isTurned = range.from > range.to;
                    // The other end follows: what was typed last is meant.
                    onChange(isTurned ? { ...range, from: text, to: text } : range);
                  }}
                  className="px-2.5"
                />
              </label>
            ))}
          </fieldset>
        </div>
      </Popover>
      <Button variant="ghost" size="icon-sm" aria-label={t.reports.later} onClick={() => move(1)}>
        <ChevronRight aria-hidden />
      </Button>
    </div>
  );
}

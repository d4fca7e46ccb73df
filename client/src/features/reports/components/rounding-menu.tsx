import { ChevronDown } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { NativeSelect } from '@/components/ui/input';
import { Popover } from '@/components/ui/popover';
import { Segmented } from '@/components/ui/segmented';
import { cn } from '@/lib/cn';
import { t } from '@/messages/later';
import { roundingLabel } from '../labels';
import { DEFAULT_ROUND_TO, ROUND_TO, ROUNDINGS, type ReportSearch, type Rounding } from '../search';

interface RoundingMenuProps {
  search: ReportSearch;
  onChange: (changes: Partial<ReportSearch>) => void;
}

/** How time is rounded; the exact time stands beside it. */
export function RoundingMenu({ search, onChange }: RoundingMenuProps) {
  const { round, roundTo = DEFAULT_ROUND_TO, roundPer } = search;
  const label = roundingLabel(search);
  return (
    <Popover
      title={t.reports.rounding}
      className="w-80"
      trigger={
        <Button
          size="sm"
          aria-label={label ?? t.reports.rounding}
          className={cn(
            'font-normal',
            label !== null && 'border-primary/40 bg-accent font-medium text-accent-foreground',
          )}
        >
          {label ?? t.reports.rounding}
          <ChevronDown aria-hidden className={cn(label === null && 'text-muted-foreground')} />
        </Button>
      }
    >
      <div className="grid gap-4">
        <Field label={t.reports.rounding}>
          {(field) => (
            <NativeSelect
              {...field}
              value={round ?? ''}
              onChange={(event) =>
                onChange({ round: (event.currentTarget.value || undefined) as Rounding | undefined })
              }
            >
              <option value="">{t.reports.noRounding}</option>
              {ROUNDINGS.map((one) => (
                <option key={one} value={one}>
                  {t.reports.roundings[one]}
                </option>
              ))}
            </NativeSelect>
          )}
        </Field>
        {round && (
          <>
            <Field label={t.reports.roundTo}>
              {(field) => (
                <NativeSelect
                  {...field}
                  value={roundTo}
                  onChange={(event) => onChange({ roundTo: Number(event.currentTarget.value) })}
                >
                  {ROUND_TO.map((minutes) => (
                    <option key={minutes} value={minutes}>
                      {t.reports.minutes(minutes)}
                    </option>
                  ))}
                </NativeSelect>
              )}
            </Field>
            <div className="grid gap-1.5">
              <Segmented<'entry' | 'day'>
                label={t.reports.roundPer}
                value={roundPer ?? 'entry'}
                onChange={(per) => onChange({ roundPer: per === 'day' ? per : undefined })}
                options={(['entry', 'day'] as const).map((per) => ({
                  value: per,
                  label: t.reports.roundPers[per],
                }))}
              />
              <p className="text-[0.8125rem] text-muted-foreground">{t.reports.roundPerHint}</p>
            </div>
          </>
        )}
      </div>
    </Popover>
  );
}

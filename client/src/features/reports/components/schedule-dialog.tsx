import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ErrorState } from '@/components/states';
import { Checkbox } from '@/components/ui/checkbox';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Input, NativeSelect } from '@/components/ui/input';
import { SkeletonRows } from '@/components/ui/skeleton';
import { SwitchField } from '@/components/ui/switch-field';
import { toast } from '@/components/ui/toast';
import { TimeZoneSelect } from '@/components/time-zone-select';
import { meQuery, useTimeZone } from '@/entities/me/me';
import { useMembers } from '@/entities/me/members';
import { useMay } from '@/entities/me/use-may';
import { useForm } from '@/hooks/use-form';
import { t } from '@/messages/account';
import type { SavedReport } from '../saved';
import { monthDayLabel, weekdayLabel } from '../schedule-labels';
import {
  daysOf,
  EVERY,
  FORMATS,
  LAST_DAY,
  MAX_RECIPIENTS,
  useSchedules,
  type Every,
  type Schedule,
} from '../schedules';
import { WEEKDAYS } from '../search';

/** From so many members on, there is a field to find them. */
const MANY_MEMBERS = 8;

interface Values {
  every: Every;
  weekday: string;
  day: number;
  time: string;
  timeZone: string;
  format: string;
  amounts: boolean;
  recipientIds: string[];
}

interface ScheduleDialogProps {
  report: SavedReport;
  /** Null makes a new one. */
  schedule: Schedule | null;
  onClose: () => void;
}

/** When a report is sent, as which file, and to which members. */
export function ScheduleDialog({ report, schedule, onClose }: ScheduleDialogProps) {
  const { create, change } = useSchedules(report);
  const zone = useTimeZone();
  const me = useQuery(meQuery).data?.user.id;
  const seesAmounts = useMay()('see_amounts');
  const form = useForm<Values, Schedule>({
    keep: `schedule ${schedule?.id}`,
    item: schedule,
    toValues: (item) => ({
      every: EVERY.find((every) => every === item?.every) ?? 'week',
      weekday: item?.weekday ?? 'monday',
      day: item?.day ?? 1,
      time: item?.time ?? '08:00',
      timeZone: item?.timeZone ?? zone,
      format: item?.format ?? 'pdf',
      amounts: item?.amounts ?? false,
      recipientIds: item?.recipientIds ?? (me === undefined ? [] : [me]),
    }),
    codes: { invalid_time_zone: 'timeZone', invalid_recipient: 'recipientIds' },
    send: ({ values, changed, seen }) => {
      const { time, timeZone, format, amounts, recipientIds } = values;
      if (!seen) return create({ ...daysOf(values), time, timeZone, format, amounts, recipientIds });
      const { every, weekday, day, ...others } = changed;
      const isOtherDay = every !== undefined || weekday !== undefined || day !== undefined;
      return change({ schedule: seen, changes: { ...others, ...(isOtherDay ? daysOf(values) : {}) } });
    },
    onDone: () => {
      onClose();
      toast.success(t.schedules.saved);
    },
  });
  const { values, set } = form;
  const words = t.schedules;
  return (
    <FormDialog
      form={form}
      fields={{
        every: { label: words.every, format: (every: Every) => words.everies[every] },
        weekday: { label: words.weekday, format: weekdayLabel },
        day: { label: words.day, format: monthDayLabel },
        time: { label: words.time },
        timeZone: { label: words.timeZone },
        format: { label: words.format },
        amounts: { label: words.amounts, format: (on: boolean) => (on ? t.form.yes : t.form.no) },
        recipientIds: { label: words.recipients, format: (ids: string[]) => ids.length },
      }}
      title={schedule ? words.change : words.new}
      description={words.hint}
      submit={t.action.save}
      onClose={onClose}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={words.every} error={form.fieldError('every')}>
          {(field) => (
            <NativeSelect
              {...field}
              value={values.every}
              onChange={(event) => set({ every: event.currentTarget.value as Every })}
            >
              {EVERY.map((every) => (
                <option key={every} value={every}>
                  {words.everies[every]}
                </option>
              ))}
            </NativeSelect>
          )}
        </Field>
        {values.every === 'week' && (
          <Field label={words.weekday} error={form.fieldError('weekday')}>
            {(field) => (
              <NativeSelect
                {...field}
                value={values.weekday}
                onChange={(event) => set({ weekday: event.currentTarget.value })}
              >
                {WEEKDAYS.map((weekday) => (
                  <option key={weekday} value={weekday}>
                    {weekdayLabel(weekday)}
                  </option>
                ))}
              </NativeSelect>
            )}
          </Field>
        )}
        {values.every === 'month' && (
          <Field label={words.day} error={form.fieldError('day')}>
            {(field) => (
              <NativeSelect
                {...field}
                value={String(values.day)}
                onChange={(event) => set({ day: Number(event.currentTarget.value) })}
              >
                {Array.from({ length: LAST_DAY }, (_, index) => (
                  <option key={index} value={index + 1}>
                    {monthDayLabel(index + 1)}
                  </option>
                ))}
              </NativeSelect>
            )}
          </Field>
        )}
        <Field label={words.time} error={form.fieldError('time')}>
          {(field) => (
            <Input
              {...field}
              type="time"
              required
              value={values.time}
              onChange={(event) => set({ time: event.currentTarget.value })}
            />
          )}
        </Field>
        <Field label={words.timeZone} error={form.fieldError('timeZone')}>
          {(field) => (
            <TimeZoneSelect {...field} value={values.timeZone} onChange={(timeZone) => set({ timeZone })} />
          )}
        </Field>
        <Field label={words.format} error={form.fieldError('format')}>
          {(field) => (
            <NativeSelect
              {...field}
              value={values.format}
              onChange={(event) => set({ format: event.currentTarget.value })}
            >
              {FORMATS.map((format) => (
                <option key={format} value={format}>
                  {words.formats[format]}
                </option>
              ))}
            </NativeSelect>
          )}
        </Field>
      </div>
      {(seesAmounts || values.amounts) && (
        <SwitchField
          id="schedule-amounts"
          label={words.amounts}
          checked={values.amounts}
          onCheckedChange={(amounts) => set({ amounts })}
        />
      )}
      <Recipients
        chosen={values.recipientIds}
        onChange={(recipientIds) => set({ recipientIds })}
        error={form.fieldError('recipientIds')}
      />
    </FormDialog>
  );
}

interface RecipientsProps {
  chosen: readonly string[];
  onChange: (ids: string[]) => void;
  error: string | undefined;
}

/** The members whom the report is sent to. Those who have left can only be taken out. */
function Recipients({ chosen, onChange, error }: RecipientsProps) {
  const { data: members, error: failure, refetch } = useMembers();
  const [text, setText] = useState('');
  const present = (members ?? []).filter(({ id, leftAt }) => leftAt === null || chosen.includes(id));
  const wanted = text.trim().toLocaleLowerCase();
  const found = present.filter(({ name }) => name.toLocaleLowerCase().includes(wanted));
  const words = t.schedules;
  return (
    <fieldset aria-describedby="recipients-note" className="grid gap-1.5">
      <legend className="mb-1.5 text-sm font-medium">{words.recipients}</legend>
      {present.length > MANY_MEMBERS && (
        <Input
          type="search"
          aria-label={words.findMember}
          placeholder={words.findMember}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      )}
      {members ? (
        <ul className="grid max-h-48 gap-0.5 overflow-y-auto rounded-lg border p-1.5">
          {found.map(({ id, name }) => (
            <li key={id} className="flex min-h-9 items-center gap-3 rounded-md px-1.5 text-sm">
              <Checkbox
                label={name}
                checked={chosen.includes(id)}
                onCheckedChange={(on) => onChange(on ? [...chosen, id] : chosen.filter((one) => one !== id))}
              />
              <bdi aria-hidden className="truncate">
                {name}
              </bdi>
            </li>
          ))}
        </ul>
      ) : failure ? (
        <ErrorState error={failure} onRetry={() => void refetch()} />
      ) : (
        <SkeletonRows rows={2} label={t.members.loading} />
      )}
      <p
        id="recipients-note"
        role={error ? 'alert' : undefined}
        className={error ? 'text-[0.8125rem] text-danger' : 'text-[0.8125rem] text-muted-foreground'}
      >
        {error ?? words.recipientsHint(MAX_RECIPIENTS)}
      </p>
    </fieldset>
  );
}

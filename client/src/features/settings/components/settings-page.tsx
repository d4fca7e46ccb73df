import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Building2, ChevronRight, Monitor, Moon, Sun, Tags } from 'lucide-react';
import { browserZone, isBrowserZoneKnown, meQuery } from '@/entities/me/me';
import type { Me } from '@/api/types';
import { basePath } from '@/base-path';
import { PageHeader } from '@/components/page-header';
import { ErrorState } from '@/components/states';
import { TimeZoneSelect } from '@/components/time-zone-select';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { DiscardQuestion, FormError, useKeepUntilSaved } from '@/components/ui/form-dialog';
import { Input } from '@/components/ui/input';
import { Segmented } from '@/components/ui/segmented';
import { SkeletonRows } from '@/components/ui/skeleton';
import { toast } from '@/components/ui/toast';
import { useForm } from '@/hooks/use-form';
import { setTheme, useTheme, type Theme } from '@/hooks/use-theme';
import { useUpdateMe } from '../api/update-me';

export function SettingsPage({ onHelp }: { onHelp: () => void }) {
  const me = useQuery(meQuery);
  const theme = useTheme();
  return (
    <div className="grid max-w-2xl gap-5">
      <div className="-mb-5">
        <PageHeader title="Settings" />
      </div>
      <section
        aria-label="More pages"
        className="divide-y overflow-hidden rounded-xl border bg-surface shadow-card md:hidden"
      >
        {(
          [
            { to: '/clients', label: 'Clients', icon: Building2 },
            { to: '/tags', label: 'Tags', icon: Tags },
          ] as const
        ).map(({ to, label, icon: Icon }) => (
          <Link key={to} to={to} className="flex h-12 items-center gap-3 px-4 text-sm font-medium">
            <Icon aria-hidden className="size-4.5 text-muted-foreground" />
            {label}
            <ChevronRight aria-hidden className="ml-auto size-4 text-muted-foreground" />
          </Link>
        ))}
      </section>
      <section aria-labelledby="looks" className="rounded-xl border bg-surface p-4 shadow-card sm:p-5">
        <h2 id="looks" className="font-semibold">
          Appearance
        </h2>
        <Segmented<Theme>
          label="Theme"
          value={theme}
          onChange={setTheme}
          className="mt-3"
          options={[
            {
              value: 'system',
              label: (
                <>
                  <Monitor aria-hidden /> System
                </>
              ),
            },
            {
              value: 'light',
              label: (
                <>
                  <Sun aria-hidden /> Light
                </>
              ),
            },
            {
              value: 'dark',
              label: (
                <>
                  <Moon aria-hidden /> Dark
                </>
              ),
            },
          ]}
        />
      </section>
      {me.data ? (
        <Profile key={me.data.user.id} me={me.data} />
      ) : me.isError ? (
        <ErrorState error={me.error} onRetry={() => void me.refetch()} />
      ) : (
        <SkeletonRows rows={3} label="Loading your settings" />
      )}
      <section aria-labelledby="more" className="rounded-xl border bg-surface p-4 shadow-card sm:p-5">
        <h2 id="more" className="font-semibold">
          More
        </h2>
        <div className="mt-3 flex flex-wrap gap-2">
          <Button onClick={onHelp}>Keyboard shortcuts and time formats</Button>
          <a
            href={`${basePath}/api/docs`}
            className="inline-flex h-9 items-center px-2 text-sm font-medium text-accent-foreground hover:underline"
          >
            API documentation
          </a>
        </div>
      </section>
    </div>
  );
}

interface ProfileValues {
  name: string;
  timeZone: string;
}

function zoneHint(me: Me): string {
  if (me.user.timeZone) return 'Decides when a day begins and ends, and how times are read and shown.';
  return isBrowserZoneKnown
    ? "Using your browser's time zone. It decides when a day begins and ends."
    : "Your browser doesn't tell its time zone, so UTC is used. It decides when a day begins and ends.";
}

function Profile({ me }: { me: Me }) {
  const update = useUpdateMe();
  const form = useForm<ProfileValues, Me>({
    item: me,
    toValues: (item) => ({
      name: item?.user.name ?? '',
      timeZone: item?.user.timeZone ?? item?.workspace.timeZone ?? browserZone,
    }),
    sendUnchanged: true,
    codes: { invalid_name: 'name', invalid_time_zone: 'timeZone' },
    send: ({ values }) =>
      update.mutateAsync({
        ...(values.name.trim() === me.user.name ? {} : { name: values.name.trim() }),
        ...(values.timeZone === me.user.timeZone ? {} : { timeZone: values.timeZone }),
      }),
    onDone: () => toast.success('Settings saved'),
  });
  const { values, set } = form;
  const blocker = useKeepUntilSaved(form);
  // A zone that was only assumed can be chosen as it stands.
  const unchanged = !form.isDirty && values.timeZone === me.user.timeZone;
  return (
    <section aria-labelledby="you" className="rounded-xl border bg-surface p-4 shadow-card sm:p-5">
      <h2 id="you" className="font-semibold">
        You
      </h2>
      <form
        className="mt-3 grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          form.submit();
        }}
      >
        <Field label="Name" error={form.fieldError('name')}>
          {(field) => (
            <Input
              {...field}
              required
              maxLength={255}
              value={values.name}
              onChange={(event) => set({ name: event.currentTarget.value })}
            />
          )}
        </Field>
        <Field label="Time zone" hint={zoneHint(me)} error={form.fieldError('timeZone')}>
          {(field) => (
            <TimeZoneSelect {...field} value={values.timeZone} onChange={(timeZone) => set({ timeZone })} />
          )}
        </Field>
        <FormError error={form.formError} />
        <div>
          <Button type="submit" variant="primary" disabled={unchanged || form.busy}>
            Save
          </Button>
        </div>
      </form>
      <DiscardQuestion
        open={blocker.status === 'blocked'}
        onKeep={() => blocker.reset?.()}
        onDiscard={() => blocker.proceed?.()}
      />
    </section>
  );
}

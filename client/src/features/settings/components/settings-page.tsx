import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Building2, ChevronRight, Monitor, Moon, Sun, Tags } from 'lucide-react';
import { useState } from 'react';
import { errorMessage, isApiError } from '@/api/errors';
import { browserZone, meQuery } from '@/api/me';
import type { Me } from '@/api/types';
import { basePath } from '@/base-path';
import { PageHeader } from '@/components/page-header';
import { ErrorState } from '@/components/states';
import { TimeZoneSelect } from '@/components/time-zone-select';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Segmented } from '@/components/ui/segmented';
import { SkeletonRows } from '@/components/ui/skeleton';
import { toast } from '@/components/ui/toast';
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
        <Profile key={`${me.data.user.name} ${me.data.user.timeZone}`} me={me.data} />
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
          <Button onClick={onHelp}>Keyboard and typing times</Button>
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

function Profile({ me }: { me: Me }) {
  const update = useUpdateMe();
  const [name, setName] = useState(me.user.name);
  const [timeZone, setTimeZone] = useState(me.user.timeZone ?? me.workspace.timeZone ?? browserZone);
  const failure = isApiError(update.error) ? update.error : null;
  const nameError = failure?.field('name') ?? (failure?.code === 'invalid_name' ? failure.message : null);
  const zoneError =
    failure?.field('timeZone') ?? (failure?.code === 'invalid_time_zone' ? failure.message : null);
  const unchanged = name.trim() === me.user.name && timeZone === me.user.timeZone;
  return (
    <section aria-labelledby="you" className="rounded-xl border bg-surface p-4 shadow-card sm:p-5">
      <h2 id="you" className="font-semibold">
        You
      </h2>
      <form
        className="mt-3 grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          update.mutate(
            {
              ...(name.trim() === me.user.name ? {} : { name: name.trim() }),
              ...(timeZone === me.user.timeZone ? {} : { timeZone }),
            },
            { onSuccess: () => toast.success('Settings saved') },
          );
        }}
      >
        <Field label="Name" error={nameError}>
          {(field) => (
            <Input
              {...field}
              required
              maxLength={255}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field
          label="Time zone"
          hint={
            me.user.timeZone
              ? 'Decides when a day begins and ends, and how times are read and shown.'
              : "You have chosen none yet: this is your browser's. It decides when a day begins and ends."
          }
          error={zoneError}
        >
          {(field) => <TimeZoneSelect {...field} value={timeZone} onChange={setTimeZone} />}
        </Field>
        {update.error && !nameError && !zoneError && (
          <p role="alert" className="rounded-lg bg-danger-soft px-3 py-2 text-sm text-danger">
            {errorMessage(update.error)}
          </p>
        )}
        <div>
          <Button type="submit" variant="primary" disabled={unchanged || update.isPending}>
            Save
          </Button>
        </div>
      </form>
    </section>
  );
}

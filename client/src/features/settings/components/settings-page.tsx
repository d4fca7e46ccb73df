import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Me } from '@/api/types';
import { basePath } from '@/base-path';
import { PageHeader } from '@/components/page-header';
import { SettingsSections } from '@/entities/me/settings-sections';
import { ErrorState } from '@/components/states';
import { TimeZoneSelect } from '@/components/time-zone-select';
import { Button, buttonVariants } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { DiscardQuestion, FormError, useKeepUntilSaved } from '@/components/ui/form-dialog';
import { Input } from '@/components/ui/input';
import { SkeletonRows } from '@/components/ui/skeleton';
import { toast } from '@/components/ui/toast';
import { browserZone, isBrowserZoneKnown, meQuery } from '@/entities/me/me';
import { useMay } from '@/entities/me/use-may';
import { openDialog } from '@/hooks/use-dialogs';
import { useForm } from '@/hooks/use-form';
import { usePreferences } from '@/hooks/use-preferences';
import { t } from '@/messages/later';
import { useUpdateMe } from '../api/update-me';
import { Appearance } from './appearance';

/** The person's settings, and pages that are seldom needed. */
export function SettingsPage() {
  const me = useQuery(meQuery);
  // Another language is another page.
  const { language } = usePreferences();
  const imports = useMay()('import');
  return (
    <div key={language} className="grid max-w-3xl grid-cols-1 gap-5">
      <div className="-mb-5">
        <PageHeader title={t.settings.title} />
        <SettingsSections />
      </div>
      <Appearance />
      {me.data ? (
        <Profile key={me.data.user.id} me={me.data} />
      ) : me.isError ? (
        <ErrorState error={me.error} onRetry={() => void me.refetch()} />
      ) : (
        <SkeletonRows rows={3} label={t.settings.loading} />
      )}
      <section aria-labelledby="more" className="rounded-xl border bg-surface p-4 shadow-card sm:p-5">
        <h2 id="more" className="font-semibold">
          {t.settings.moreTitle}
        </h2>
        <div className="mt-3 flex flex-wrap gap-2">
          {imports && (
            <Link to="/import" className={buttonVariants({ variant: 'outline' })}>
              {t.settings.import}
            </Link>
          )}
          <Button onClick={() => openDialog('help')}>{t.settings.help}</Button>
          <a href={`${basePath}/api/docs`} className={buttonVariants({ variant: 'outline' })}>
            {t.settings.api}
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
  if (me.user.timeZone) return t.settings.zoneOwn;
  return isBrowserZoneKnown ? t.settings.zoneBrowser : t.settings.zoneUnknown;
}

function Profile({ me }: { me: Me }) {
  const update = useUpdateMe();
  const form = useForm<ProfileValues, Me>({
    keep: 'profile',
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
    onDone: () => toast.success(t.settings.saved),
  });
  const { values, set } = form;
  const blocker = useKeepUntilSaved(form);
  // A zone that was only assumed can be chosen as it stands.
  const unchanged = !form.isDirty && values.timeZone === me.user.timeZone;
  return (
    <section aria-labelledby="you" className="rounded-xl border bg-surface p-4 shadow-card sm:p-5">
      <h2 id="you" className="font-semibold">
        {t.settings.you}
      </h2>
      <form
        className="mt-3 grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          form.submit();
        }}
      >
        <Field label={t.form.name} error={form.fieldError('name')}>
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
        <Field label={t.settings.timeZone} hint={zoneHint(me)} error={form.fieldError('timeZone')}>
          {(field) => (
            <TimeZoneSelect {...field} value={values.timeZone} onChange={(timeZone) => set({ timeZone })} />
          )}
        </Field>
        <FormError error={form.formError} />
        <div>
          <Button type="submit" variant="primary" disabled={unchanged || form.busy}>
            {t.action.save}
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

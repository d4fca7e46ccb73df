import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link2, Plus } from 'lucide-react';
import { useState } from 'react';
import { body, http } from '@/api/http';
import { untold } from '@/api/query-client';
import { serverNow } from '@/api/server-clock';
import type { Schemas } from '@/api/types';
import { ConfirmAction } from '@/components/confirm-action';
import { endOf, LifetimeField, type Lifetime } from '@/components/lifetime-field';
import { PasswordInput } from '@/components/password-input';
import { SecretDialog } from '@/components/secret-dialog';
import { ErrorState } from '@/components/states';
import { Button } from '@/components/ui/button';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { SkeletonRows } from '@/components/ui/skeleton';
import { SwitchField } from '@/components/ui/switch-field';
import { toast } from '@/components/ui/toast';
import { useTimeZone } from '@/entities/me/me';
import { useForm } from '@/hooks/use-form';
import { formatDayOf, formatMoment } from '@/lib/time/moment';
import { t } from '@/messages/account';
import type { SavedReport } from '../saved';

type ReportLink = Schemas['ReportLink'];

function linksKey({ id }: SavedReport) {
  return ['report-links', id] as const;
}

interface ReportLinksProps {
  report: SavedReport;
  onClose: () => void;
}

/** The links to a saved report for visitors without an account: made, shown once, and ended. */
export function ReportLinks({ report, onClose }: ReportLinksProps) {
  const client = useQueryClient();
  const [step, setStep] = useState<'list' | 'new' | { url: string }>('list');
  if (step === 'new')
    return (
      <NewLink
        report={report}
        onClose={() => setStep('list')}
        onMade={({ url }) => {
          setStep({ url });
          void client.invalidateQueries({ queryKey: linksKey(report) });
        }}
      />
    );
  if (step !== 'list')
    return (
      <SecretDialog
        title={t.reportLinks.madeTitle}
        hint={t.reportLinks.madeHint}
        label={t.reportLinks.url}
        secret={step.url}
        copy={t.reportLinks.copy}
        onClose={() => setStep('list')}
      />
    );
  return <LinkList report={report} onNew={() => setStep('new')} onClose={onClose} />;
}

function LinkList({ report, onNew, onClose }: ReportLinksProps & { onNew: () => void }) {
  const client = useQueryClient();
  const zone = useTimeZone();
  const [ending, setEnding] = useState<ReportLink | null>(null);
  const links = useQuery({
    queryKey: linksKey(report),
    queryFn: ({ signal }) =>
      body(
        http.GET('/api/saved-reports/{savedReportId}/links', {
          params: { path: { savedReportId: report.id } },
          signal,
        }),
      ),
    ...untold,
  });
  const end = useMutation({
    mutationFn: (reportLinkId: string) =>
      body(
        http.DELETE('/api/saved-reports/{savedReportId}/links/{reportLinkId}', {
          params: { path: { savedReportId: report.id, reportLinkId } },
        }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: linksKey(report) }),
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={t.reportLinks.title(report.name)}
      description={t.reportLinks.hint}
    >
      {links.data ? (
        links.data.length === 0 ? (
          <p className="text-sm text-muted-foreground">{t.reportLinks.none}</p>
        ) : (
          <ul aria-label={t.reportLinks.list} className="divide-y">
            {links.data.map((link) => (
              <LinkRow key={link.id} link={link} zone={zone} onEnd={() => setEnding(link)} />
            ))}
          </ul>
        )
      ) : links.isError ? (
        <ErrorState error={links.error} onRetry={() => void links.refetch()} />
      ) : (
        <SkeletonRows rows={2} label={t.reportLinks.loading} />
      )}
      <DialogActions>
        <Button onClick={onNew} className="max-sm:h-11">
          <Plus aria-hidden /> {t.reportLinks.new}
        </Button>
        <Button variant="primary" onClick={onClose} className="max-sm:h-11">
          {t.reportLinks.done}
        </Button>
      </DialogActions>
      {ending && (
        <ConfirmAction
          title={t.reportLinks.endTitle}
          confirm={t.reportLinks.endConfirm}
          onConfirm={() => end.mutateAsync(ending.id)}
          onClose={() => setEnding(null)}
          onDone={() => toast.success(t.reportLinks.hasEnded)}
        >
          {t.reportLinks.endHint}
        </ConfirmAction>
      )}
    </Dialog>
  );
}

function LinkRow({ link, zone, onEnd }: { link: ReportLink; zone: string; onEnd: () => void }) {
  const { createdAt, expiresAt, hasPassword } = link;
  const isOver = expiresAt !== null && Date.parse(expiresAt) <= serverNow();
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 py-2.5">
      <Link2 aria-hidden className="size-5 shrink-0 text-muted-foreground" />
      <div className="min-w-0 flex-1 basis-52">
        <p className="text-sm font-medium">{t.reportLinks.made(formatMoment(createdAt, zone))}</p>
        <p className="text-[0.8125rem] text-muted-foreground">
          {[
            expiresAt === null
              ? t.reportLinks.neverEnds
              : isOver
                ? t.reportLinks.ended(formatDayOf(expiresAt, zone))
                : t.reportLinks.ends(formatDayOf(expiresAt, zone)),
            hasPassword && t.reportLinks.hasPassword,
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
      </div>
      <Button size="sm" aria-label={t.reportLinks.endLong(formatMoment(createdAt, zone))} onClick={onEnd}>
        {t.reportLinks.end}
      </Button>
    </li>
  );
}

interface Values {
  lifetime: Lifetime;
  protect: boolean;
  password: string;
}

interface NewLinkProps extends ReportLinksProps {
  onMade: (made: Schemas['NewReportLink']) => void;
}

function NewLink({ report, onClose, onMade }: NewLinkProps) {
  const form = useForm<Values>({
    keep: null,
    toValues: () => ({ lifetime: '30', protect: false, password: '' }),
    codes: { invalid_time: 'lifetime', invalid_password: 'password' },
    send: async ({ values: { lifetime, protect, password } }) => {
      const expiresAt = endOf(lifetime);
      onMade(
        await body(
          http.POST('/api/saved-reports/{savedReportId}/links', {
            params: { path: { savedReportId: report.id } },
            body: { expiresAt, ...(protect ? { password } : {}) },
          }),
        ),
      );
    },
    // What was made is shown in the place of the form.
    onDone: () => undefined,
  });
  const { values, set } = form;
  return (
    <FormDialog
      form={form}
      title={t.reportLinks.new}
      description={t.reportLinks.hint}
      submit={t.reportLinks.create}
      onClose={onClose}
    >
      <LifetimeField
        words={t.reportLinks}
        value={values.lifetime}
        error={form.fieldError('lifetime')}
        onChange={(lifetime) => set({ lifetime })}
      />
      <SwitchField
        id="link-protect"
        label={t.reportLinks.protect}
        hint={t.reportLinks.protectHint}
        checked={values.protect}
        onCheckedChange={(protect) => set({ protect })}
      />
      {values.protect && (
        <Field label={t.auth.password} hint={t.auth.passwordHint} error={form.fieldError('password')}>
          {(field) => (
            <PasswordInput
              {...field}
              name="link-password"
              autoComplete="new-password"
              required
              value={values.password}
              onChange={(event) => set({ password: event.currentTarget.value })}
            />
          )}
        </Field>
      )}
    </FormDialog>
  );
}

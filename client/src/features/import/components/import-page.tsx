import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CircleCheck, CircleX } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { ApiError, errorMessage, needsReload } from '@/api/errors';
import { currentSession, isWithoutAccounts } from '@/api/session';
import { browserZone, isBrowserZoneKnown, meQuery, useTimeZone } from '@/entities/me/me';
import { mayRole } from '@/entities/me/roles';
import type { ImportAccount as ImportAccountData } from '@/api/types';
import { PageHeader } from '@/components/page-header';
import { ReloadButton } from '@/components/reload-button';
import { TimeZoneSelect } from '@/components/time-zone-select';
import { Button, buttonVariants } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input, NativeSelect } from '@/components/ui/input';
import { SkeletonRows } from '@/components/ui/skeleton';
import { dayOf, startOfWeek } from '@/lib/time/zoned';
import { useImport } from '../hooks/use-import';
import type { ImportOptions } from '../api/send-import';
import { FileDrop } from './file-drop';
import { ImportAccount } from './import-account';
import { t } from '@/messages/later';

/** Brings in what another tracker exported, for those who may. */
export function ImportPage() {
  const role = useQuery(meQuery).data?.role;
  if (role !== undefined && mayRole(role, 'import')) return <Wizard />;
  return (
    <>
      <PageHeader title={t.import.title} />
      {role === undefined ? (
        <SkeletonRows rows={4} label={t.form.loading} />
      ) : (
        <p className="text-sm text-muted-foreground">{t.import.notYours}</p>
      )}
    </>
  );
}

/** First a dry run, then for real. */
function Wizard() {
  const timeZone = useTimeZone();
  const { state, check, run, reset } = useImport();
  const [file, setFile] = useState<File | null>(null);
  const [chosen, setChosen] = useState<Partial<ImportOptions>>({});
  const options: ImportOptions = {
    timeZone,
    onError: 'stop',
    dateOrder: 'auto',
    defaultCategory: t.picker.defaultCategory,
    people: isWithoutAccounts() ? '' : 'everybody',
    ...chosen,
  };
  const choose = (changes: Partial<ImportOptions>) => {
    setChosen((before) => ({ ...before, ...changes }));
    // What was checked was checked with other options.
    reset();
  };
  const sending = state.step === 'sending';
  const fieldError = (name: string) =>
    state.step === 'failed' && state.error instanceof ApiError ? state.error.field(name) : undefined;

  const timeZoneError = fieldError('timeZone');
  const categoryError = fieldError('defaultCategory');

  if (state.step === 'done') {
    return (
      <>
        <PageHeader title={t.import.title} />
        <Panel>
          <div role="status" className="mb-5 flex items-center gap-3">
            <CircleCheck aria-hidden className="size-8 shrink-0 text-success" />
            <div>
              <h2 className="font-semibold">
                {state.account.entries.created === 0
                  ? t.import.nothingNew
                  : t.import.done(state.account.entries.created)}
              </h2>
              <p className="text-sm text-muted-foreground">{t.import.again}</p>
            </div>
          </div>
          <ImportAccount account={state.account} />
          <div className="mt-6 flex flex-wrap gap-2">
            <Link
              to="/"
              search={{
                ...daysOf(state.account),
                ...(options.people === 'everybody' && hasOthers(state.account) ? { member: 'all' } : {}),
              }}
              className={buttonVariants({ variant: 'primary' })}
            >
              {t.import.see}
            </Link>
            <Button
              onClick={() => {
                setFile(null);
                reset();
              }}
            >
              {t.import.another}
            </Button>
          </div>
        </Panel>
      </>
    );
  }

  return (
    <>
      <PageHeader title={t.import.title} />
      <div className="grid gap-5">
        <Panel>
          <FileDrop
            file={file}
            disabled={sending}
            onFile={(next) => {
              setFile(next);
              reset();
            }}
          />
          <div className="mt-5 grid gap-4 sm:grid-cols-2">
            <Field
              label={t.import.timeZone}
              hint={
                isBrowserZoneKnown || timeZone !== browserZone
                  ? t.import.timeZoneHint
                  : t.import.timeZoneUnknown
              }
              error={timeZoneError}
            >
              {(field) => (
                <TimeZoneSelect
                  {...field}
                  value={options.timeZone}
                  onChange={(timeZone) => choose({ timeZone })}
                />
              )}
            </Field>
            <Field label={t.import.dates} hint={t.import.datesHint}>
              {(field) => (
                <NativeSelect
                  {...field}
                  value={options.dateOrder}
                  onChange={(event) =>
                    choose({ dateOrder: event.currentTarget.value as ImportOptions['dateOrder'] })
                  }
                >
                  <option value="auto">{t.import.dateOrders.auto}</option>
                  <option value="ymd">{t.import.dateOrders.ymd}</option>
                  <option value="dmy">{t.import.dateOrders.dmy}</option>
                  <option value="mdy">{t.import.dateOrders.mdy}</option>
                </NativeSelect>
              )}
            </Field>
            <Field label={t.import.onError}>
              {(field) => (
                <NativeSelect
                  {...field}
                  value={options.onError}
                  onChange={(event) =>
                    choose({ onError: event.currentTarget.value as ImportOptions['onError'] })
                  }
                >
                  <option value="stop">{t.import.stop}</option>
                  <option value="skip">{t.import.skip}</option>
                </NativeSelect>
              )}
            </Field>
            {options.people !== '' && (
              <Field label={t.import.whose} hint={t.import.whoseHint}>
                {(field) => (
                  <NativeSelect
                    {...field}
                    value={options.people}
                    onChange={(event) =>
                      choose({ people: event.currentTarget.value as ImportOptions['people'] })
                    }
                  >
                    <option value="everybody">{t.import.everybody}</option>
                    <option value="mine">{t.import.mine}</option>
                  </NativeSelect>
                )}
              </Field>
            )}
            <Field label={t.import.category} hint={t.import.categoryHint} error={categoryError}>
              {(field) => (
                <Input
                  {...field}
                  required
                  maxLength={1_000}
                  value={options.defaultCategory}
                  onChange={(event) => choose({ defaultCategory: event.currentTarget.value })}
                />
              )}
            </Field>
          </div>
          {state.step !== 'preview' && (
            <div className="mt-5 flex items-center gap-3">
              <Button
                variant="primary"
                disabled={!file || sending || options.defaultCategory.trim() === ''}
                onClick={() => file && void check(file, options)}
              >
                {t.import.preview}
              </Button>
              <p className="text-[0.8125rem] text-muted-foreground">{t.import.nothingSaved}</p>
            </div>
          )}
        </Panel>

        {state.step === 'sending' && (
          <Panel>
            <Progress
              sent={state.sent}
              label={state.sent < 1 ? t.import.sending : state.dryRun ? t.import.reading : t.import.importing}
            />
            <Button size="sm" className="mt-4" onClick={reset}>
              {t.action.cancel}
            </Button>
          </Panel>
        )}
        {state.step === 'failed' && (
          <Panel>
            <Refusal title={state.dryRun ? t.import.previewFailed : t.import.failed}>
              {errorMessage(state.error)}
              {needsReload(state.error) && <ReloadButton className="mt-3" />}
              {state.error instanceof ApiError && state.error.requestId && (
                <span className="block text-xs">{t.state.errorId(state.error.requestId)}</span>
              )}
            </Refusal>
          </Panel>
        )}
        {state.step === 'preview' && file && (
          <Panel>
            {state.refused ? (
              <Refusal title={t.import.badRows}>
                {t.import.badRowsHint}
                <Button size="sm" className="mt-3" onClick={() => choose({ onError: 'skip' })}>
                  {t.import.skipRows}
                </Button>
              </Refusal>
            ) : (
              <div role="status">
                <h2 className="font-semibold">{t.import.previewTitle}</h2>
                <p className="mb-4 text-sm text-muted-foreground">{t.import.previewHint}</p>
              </div>
            )}
            <div className={state.refused ? 'mt-5' : ''}>
              <ImportAccount account={state.account} />
            </div>
            {!state.refused && (
              <div className="mt-6 flex flex-wrap items-center gap-2">
                <Button
                  variant="primary"
                  size="lg"
                  disabled={state.account.entries.created === 0}
                  onClick={() => void run(file, options)}
                >
                  {t.import.run(state.account.entries.created)}
                </Button>
                {state.account.entries.created === 0 && (
                  <p className="text-sm text-muted-foreground">{t.import.nothingNewDot}</p>
                )}
              </div>
            )}
          </Panel>
        )}
      </div>
    </>
  );
}

/** The days of what was imported, and the last week of it in the overview. */
function daysOf({ entries: { from, to }, timeZone }: ImportAccountData): {
  from?: string;
  to?: string;
  week?: string;
} {
  if (!from || !to) return {};
  const last = dayOf(to, timeZone);
  return { from: dayOf(from, timeZone).toString(), to: last.toString(), week: startOfWeek(last).toString() };
}

/** Whether entries of the file may be other people's, which the list shows only when it is asked for them. */
function hasOthers({ people }: ImportAccountData): boolean {
  return people.some(({ memberId }) => memberId !== currentSession().owner);
}

function Panel({ children }: { children: ReactNode }) {
  return <div className="max-w-3xl rounded-2xl border bg-surface p-4 shadow-card sm:p-6">{children}</div>;
}

function Refusal({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div role="alert" className="flex gap-3">
      <CircleX aria-hidden className="mt-0.5 size-5 shrink-0 text-danger" />
      <div>
        <h2 className="font-semibold">{title}</h2>
        <div className="mt-1 flex flex-col items-start text-sm text-muted-foreground">{children}</div>
      </div>
    </div>
  );
}

function Progress({ sent, label }: { sent: number; label: string }) {
  const percent = Math.round(sent * 100);
  return (
    <div>
      <div className="mb-2 flex justify-between text-sm font-medium" aria-live="polite">
        <span>{label}…</span>
        {sent < 1 && <span className="tabular">{t.import.percent(percent)}</span>}
      </div>
      <progress
        aria-label={label}
        max={100}
        value={sent < 1 ? percent : undefined}
        className="h-2 w-full overflow-hidden rounded-full [&::-webkit-progress-bar]:rounded-full [&::-webkit-progress-bar]:bg-muted [&::-webkit-progress-value]:bg-primary"
      />
    </div>
  );
}

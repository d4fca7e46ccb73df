import { useQuery } from '@tanstack/react-query';
import { Gauge, Pencil, Plus, Trash2, TriangleAlert } from 'lucide-react';
import { DeleteDialog } from '@/components/delete-dialog';
import { EmptyState, ErrorState } from '@/components/states';
import { Button } from '@/components/ui/button';
import { SkeletonRows } from '@/components/ui/skeleton';
import { useCatalog } from '@/entities/catalog/catalog';
import { useTimeZone } from '@/entities/me/me';
import { useMay } from '@/entities/me/use-may';
import { useToday } from '@/entities/me/use-today';
import { budgetsQuery } from '@/entities/money/queries';
import { useKeptState } from '@/hooks/use-kept';
import { cn } from '@/lib/cn';
import { formatDate, formatDateAs } from '@/lib/time/format';
import { dayOf, parseDay } from '@/lib/time/zoned';
import { t } from '@/messages/account';
import { standing, useBudgetChanges, type Budget, type Standing } from '../budgets';
import type { Scope } from '../rates';
import { BudgetDialog } from './budget-dialog';

type Open = { dialog: 'new' } | { dialog: 'change' | 'delete'; budget: Budget; name: string };

/** The budgets of a project, or of a client with those of its projects. */
export function BudgetsSection({ scope }: { scope: Scope }) {
  const budgets = useQuery(budgetsQuery);
  const catalog = useCatalog().data;
  const manages = useMay()('manage_rates');
  const { remove } = useBudgetChanges();
  const [open, setOpen] = useKeptState<Open | null>('budget', null);
  const words = t.budgets;
  const close = () => setOpen(null);
  const shown = budgets.data?.filter(({ clientId, projectId }) =>
    scope.projectId
      ? projectId === scope.projectId
      : clientId === scope.clientId || catalog?.project(projectId ?? '')?.clientId === scope.clientId,
  );
  const add = manages && (
    <Button variant="primary" onClick={() => setOpen({ dialog: 'new' })}>
      <Plus aria-hidden /> {words.new}
    </Button>
  );
  return (
    <section aria-labelledby="budgets">
      <div className="mb-3 flex min-h-9 flex-wrap items-center justify-between gap-2">
        <h2 id="budgets" className="font-semibold">
          {words.title}
        </h2>
        {shown !== undefined && shown.length > 0 && add}
      </div>
      {budgets.isError && !shown ? (
        <ErrorState error={budgets.error} onRetry={() => void budgets.refetch()} />
      ) : !shown ? (
        <SkeletonRows rows={2} label={words.loading} />
      ) : shown.length === 0 ? (
        <EmptyState icon={<Gauge aria-hidden />} title={words.none} action={add}>
          {words.noneHint}
        </EmptyState>
      ) : (
        <ul className="divide-y divide-border/70 overflow-hidden rounded-xl border bg-surface shadow-card">
          {shown.map((budget) => (
            <BudgetRow
              key={budget.id}
              budget={budget}
              project={scope.projectId ? undefined : catalog?.project(budget.projectId ?? '')?.name}
              onOpen={manages ? (dialog, name) => setOpen({ dialog, budget, name }) : undefined}
            />
          ))}
        </ul>
      )}
      {open?.dialog === 'new' && <BudgetDialog budget={null} scope={scope} onClose={close} />}
      {open?.dialog === 'change' && <BudgetDialog budget={open.budget} scope={scope} onClose={close} />}
      {open?.dialog === 'delete' && (
        <DeleteDialog
          name={open.name}
          confirm={words.delete}
          onDelete={() => remove(open.budget)}
          onClose={close}
        >
          {words.deleteHint}
        </DeleteDialog>
      )}
    </section>
  );
}

interface BudgetRowProps {
  budget: Budget;
  /** Of which project it is, where those of several are listed. */
  project: string | undefined;
  onOpen: ((dialog: 'change' | 'delete', name: string) => void) | undefined;
}

function BudgetRow({ budget, project, onOpen }: BudgetRowProps) {
  const today = useToday();
  const timeZone = useTimeZone();
  const words = t.budgets;
  const stand = standing(budget);
  const month = budget.periodStart === null ? null : parseDay(budget.periodStart);
  const size = budget.period === 'month' ? words.ofMonth(stand.size) : words.ofAll(stand.size);
  const name = project === undefined ? size : words.ofProject(size, project);
  const willBeOver = !stand.isOver && stand.forecast !== null && stand.forecast.percent > 100;
  return (
    <li aria-label={name} className="py-3 pr-2 pl-4 text-sm">
      <div className="flex items-center gap-1">
        <p className="min-w-0 flex-1">
          <bdi className="font-medium">{name}</bdi>
          {month && (
            <span className="ml-2 text-[0.8125rem] text-muted-foreground">
              {formatDateAs(month, { month: 'long', year: 'numeric' })}
            </span>
          )}
        </p>
        {onOpen && (
          <>
            <Button
              variant="ghost"
              size="icon-sm"
              aria-label={words.changeOne(name)}
              title={words.change}
              onClick={() => onOpen('change', name)}
            >
              <Pencil aria-hidden />
            </Button>
            <Button
              variant="ghost"
              size="icon-sm"
              aria-label={words.deleteOne(name)}
              title={words.delete}
              onClick={() => onOpen('delete', name)}
            >
              <Trash2 aria-hidden />
            </Button>
          </>
        )}
      </div>
      <div className="pr-2">
        <Bar stand={stand} alerts={budget.alertPercents} name={name} />
        <p className="mt-1.5 flex flex-wrap gap-x-4 gap-y-0.5 tabular">
          <span>
            <strong className="font-semibold">{words.percent(stand.percent)}</strong> {words.used(stand.used)}
          </span>
          <span className={cn('flex items-center gap-1.5', stand.isOver && 'font-semibold text-danger')}>
            {stand.isOver && <TriangleAlert aria-hidden className="size-4" />}
            {stand.isOver ? words.over(stand.left) : words.left(stand.left)}
          </span>
          {stand.forecast && (
            <span className={cn('flex items-center gap-1.5', willBeOver && 'font-semibold text-warning')}>
              {willBeOver && <TriangleAlert aria-hidden className="size-4" />}
              {words.forecast(stand.forecast.text, stand.forecast.percent)}
            </span>
          )}
        </p>
        {budget.alertPercents.length > 0 && (
          <p className="mt-0.5 text-[0.8125rem] text-muted-foreground">
            {budget.alertPercents
              .map((percent) => {
                const reached = budget.alerts.find((alert) => alert.percent === percent);
                return reached
                  ? words.alertReached(percent, formatDate(dayOf(reached.reachedAt, timeZone), today))
                  : words.alertAt(percent);
              })
              .join(' · ')}
          </p>
        )}
      </div>
    </li>
  );
}

/** What is used as a filled bar, the forecast hatched behind it, the whole budget as a line. The words below say the same. */
function Bar({ stand, alerts, name }: { stand: Standing; alerts: readonly number[]; name: string }) {
  const { percent, forecast, isOver } = stand;
  const scale = Math.max(100, percent, forecast?.percent ?? 0);
  const at = (value: number) => `${(Math.min(value, scale) / scale) * 100}%`;
  return (
    <div
      role="meter"
      aria-label={name}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.min(percent, 100)}
      aria-valuetext={t.budgets.percent(percent)}
      className="relative mt-1.5 h-3"
    >
      <div className="absolute inset-0 overflow-hidden rounded-full border border-input bg-muted">
        {forecast && (
          <div
            style={{ width: at(forecast.percent) }}
            className="absolute inset-y-0 left-0 bg-[repeating-linear-gradient(135deg,var(--muted-foreground)_0_2px,transparent_2px_6px)] opacity-60"
          />
        )}
        <div
          style={{ width: at(percent) }}
          className={cn('absolute inset-y-0 left-0', isOver ? 'bg-danger' : 'bg-primary')}
        />
      </div>
      {alerts
        .filter((alert) => alert < scale && alert !== 100)
        .map((alert) => (
          <span
            key={alert}
            style={{ left: at(alert) }}
            className="absolute -bottom-0.5 h-1.5 w-px bg-foreground/70"
          />
        ))}
      {scale > 100 && (
        <span
          style={{ left: at(100) }}
          className="absolute -inset-y-1 w-0.5 -translate-x-1/2 bg-foreground"
        />
      )}
    </div>
  );
}

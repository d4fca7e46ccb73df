import { useQuery } from '@tanstack/react-query';
import { Coins, Pencil, Plus, Trash2 } from 'lucide-react';
import { type ReactNode } from 'react';
import type { Schemas } from '@/api/types';
import { DeleteDialog } from '@/components/delete-dialog';
import { EmptyState, ErrorState } from '@/components/states';
import { Button } from '@/components/ui/button';
import { SkeletonRows } from '@/components/ui/skeleton';
import { PATH_SEPARATOR, useCatalog } from '@/entities/catalog/catalog';
import { useMembers } from '@/entities/me/members';
import { useMay } from '@/entities/me/use-may';
import { useToday } from '@/entities/me/use-today';
import { currenciesQuery, ratesQuery } from '@/entities/money/queries';
import { usePreferences } from '@/hooks/use-preferences';
import { useKeptState } from '@/hooks/use-kept';
import { formatMoney } from '@/lib/money';
import { formatDate } from '@/lib/time/format';
import { parseDay } from '@/lib/time/zoned';
import { t } from '@/messages/account';
import { ALWAYS, targetKind, useRateChanges, type Rate, type Scope } from '../rates';
import { CurrencyForm } from './currency-form';
import { RateDialog } from './rate-dialog';

type Open = { dialog: 'new' } | { dialog: 'change' | 'delete'; rate: Rate; name: string };

/** The currency of the workspace, and what an hour is worth. */
export function RatesSection() {
  // Another language is another page.
  const { language } = usePreferences();
  return (
    <section key={language} aria-label={t.rates.title} className="mt-5 max-w-3xl">
      <MoneyData>
        {({ currencies, rates, currencyOf }) => (
          <div className="grid gap-5">
            <CurrencyForm
              setting={currencies.find(({ clientId }) => clientId === null) ?? null}
              hint={t.rates.currencyHint}
              none={t.rates.noCurrency}
            />
            <Rates rates={rates} scope={{}} currencyOf={currencyOf} />
          </div>
        )}
      </MoneyData>
    </section>
  );
}

interface Money {
  currencies: readonly Schemas['CurrencySetting'][];
  rates: readonly Rate[];
  /** The currency of a client, or of work for none; empty while there is none. */
  currencyOf: (clientId: string | null) => string;
}

/** Draws what needs currencies and rates, and the names of whom and what these are for, when all are there. */
export function MoneyData({ children }: { children: (money: Money) => ReactNode }) {
  const currencies = useQuery(currenciesQuery);
  const rates = useQuery(ratesQuery);
  const catalog = useCatalog();
  const members = useMembers();
  const failed = [currencies, rates, catalog, members].find(({ data, error }) => !data && error);
  if (failed) return <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />;
  if (!currencies.data || !rates.data || !catalog.data || !members.data)
    return <SkeletonRows rows={4} label={t.rates.loading} />;
  const of = (clientId: string | null) => currencies.data.find((one) => one.clientId === clientId)?.currency;
  return children({
    currencies: currencies.data,
    rates: rates.data,
    currencyOf: (clientId) => of(clientId) ?? of(null) ?? '',
  });
}

interface RatesProps extends Pick<Money, 'currencyOf'> {
  rates: readonly Rate[];
  /** Whose rates they are, and what a new one is for. */
  scope: Scope;
}

/** Hourly rates, to be made, changed and deleted. */
export function Rates({ rates, scope, currencyOf }: RatesProps) {
  const { remove } = useRateChanges();
  const [open, setOpen] = useKeptState<Open | null>('rate', null);
  const today = useToday();
  const catalog = useCatalog().data;
  const members = useMembers().data;
  const manages = useMay()('manage_rates');
  const words = t.rates;
  const close = () => setOpen(null);

  const nameOf = (rate: Rate): string => {
    const project = catalog?.project(rate.projectId ?? '');
    const place = catalog?.place(rate.categoryId ?? '');
    const member = members?.find(({ id }) => id === rate.memberId);
    const found = {
      workspace: words.targets.workspace,
      client: catalog?.client(rate.clientId)?.name,
      project: project?.name,
      category: place && [place.project.name, ...place.path].join(PATH_SEPARATOR),
      member: member?.name,
      projectMember: member && project && words.inProject(member.name, project.name),
    }[targetKind(rate)];
    return found ?? words.unknown;
  };
  const worthOf = ({ hourly, kind, clientId, projectId }: Rate): string => {
    if (hourly === null) return words.ended;
    // Costs are in the currency of the workspace.
    const client = clientId ?? catalog?.project(projectId ?? '')?.clientId ?? null;
    const currency = currencyOf(kind === 'cost' ? null : client);
    return currency ? formatMoney(hourly, currency) : hourly;
  };
  const fromOf = ({ validFrom }: Rate): string => {
    const day = validFrom === ALWAYS ? null : parseDay(validFrom);
    return day ? `${words.from} ${formatDate(day, today)}` : words.always;
  };

  const add = manages && (
    <Button variant="primary" onClick={() => setOpen({ dialog: 'new' })}>
      <Plus aria-hidden /> {words.new}
    </Button>
  );
  return (
    <section aria-labelledby="rates">
      <div className="mb-3 flex flex-wrap items-center justify-between gap-2">
        <h2 id="rates" className="font-semibold">
          {words.rates}
        </h2>
        {rates.length > 0 && add}
      </div>
      <p className="mb-3 text-[0.8125rem] text-muted-foreground">{words.precedence}</p>
      {rates.length === 0 ? (
        <EmptyState icon={<Coins aria-hidden />} title={words.none} action={add}>
          {words.noneHint}
        </EmptyState>
      ) : (
        <ul className="divide-y divide-border/70 overflow-hidden rounded-xl border bg-surface shadow-card">
          {rates.map((rate) => {
            const name = nameOf(rate);
            return (
              <li key={rate.id} aria-label={name} className="flex items-center gap-3 py-2 pr-2 pl-4 text-sm">
                <span className="flex min-w-0 flex-1 flex-col">
                  <bdi className="truncate font-medium">{name}</bdi>
                  <span className="truncate text-[0.8125rem] text-muted-foreground">
                    {[
                      targetKind(rate) !== 'workspace' && words.targets[targetKind(rate)],
                      rate.kind === 'cost' && words.kinds.cost,
                      fromOf(rate),
                    ]
                      .filter(Boolean)
                      .join(' · ')}
                  </span>
                </span>
                <span className="shrink-0 font-semibold tabular">{worthOf(rate)}</span>
                {manages && (
                  <>
                    <Button
                      variant="ghost"
                      size="icon-sm"
                      aria-label={words.changeOne(name)}
                      title={words.change}
                      onClick={() => setOpen({ dialog: 'change', rate, name })}
                    >
                      <Pencil aria-hidden />
                    </Button>
                    <Button
                      variant="ghost"
                      size="icon-sm"
                      aria-label={words.deleteOne(name)}
                      title={words.delete}
                      onClick={() => setOpen({ dialog: 'delete', rate, name })}
                    >
                      <Trash2 aria-hidden />
                    </Button>
                  </>
                )}
              </li>
            );
          })}
        </ul>
      )}
      {open?.dialog === 'new' && <RateDialog rate={null} scope={scope} onClose={close} />}
      {open?.dialog === 'change' && <RateDialog rate={open.rate} scope={scope} onClose={close} />}
      {open?.dialog === 'delete' && (
        <DeleteDialog
          name={open.name}
          confirm={words.delete}
          onDelete={() => remove(open.rate)}
          onClose={close}
        >
          {words.deleteHint}
        </DeleteDialog>
      )}
    </section>
  );
}

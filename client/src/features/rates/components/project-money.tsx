import { useQuery } from '@tanstack/react-query';
import { ErrorState } from '@/components/states';
import { SkeletonRows } from '@/components/ui/skeleton';
import { useCatalog } from '@/entities/catalog/catalog';
import { useMay } from '@/entities/me/use-may';
import { fixedPricesQuery } from '@/entities/money/queries';
import { usePreferences } from '@/hooks/use-preferences';
import { t } from '@/messages/account';
import { BudgetsSection } from './budgets-section';
import { PriceForm } from './price-form';
import { MoneyData, Rates } from './rates-section';

/** What a project may cost, what it is worth as a whole, and what an hour of it is worth. */
export function ProjectMoney({ projectId }: { projectId: string }) {
  const project = useCatalog().data?.project(projectId);
  const manages = useMay()('manage_rates');
  const prices = useQuery({ ...fixedPricesQuery, enabled: manages });
  // Another language is another page.
  const { language } = usePreferences();
  return (
    <div key={language} className="grid max-w-3xl gap-6">
      <BudgetsSection scope={{ projectId }} />
      <MoneyData>
        {({ rates, currencyOf }) => (
          <>
            {manages &&
              (prices.data ? (
                <PriceForm
                  projectId={projectId}
                  price={prices.data.find((price) => price.projectId === projectId)?.price ?? ''}
                  currency={currencyOf(project?.clientId ?? null)}
                />
              ) : prices.isError ? (
                <ErrorState error={prices.error} onRetry={() => void prices.refetch()} />
              ) : (
                <SkeletonRows rows={1} label={t.rates.loading} />
              ))}
            <Rates
              rates={rates.filter((rate) => rate.projectId === projectId)}
              scope={{ projectId }}
              currencyOf={currencyOf}
            />
          </>
        )}
      </MoneyData>
    </div>
  );
}

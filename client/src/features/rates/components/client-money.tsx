import { useMay } from '@/entities/me/use-may';
import { usePreferences } from '@/hooks/use-preferences';
import { t } from '@/messages/account';
import { BudgetsSection } from './budgets-section';
import { CurrencyForm } from './currency-form';
import { MoneyData, Rates } from './rates-section';

/** The budgets, the currency and the rates of a client. */
export function ClientMoney({ clientId }: { clientId: string }) {
  const manages = useMay()('manage_rates');
  // Another language is another page.
  const { language } = usePreferences();
  return (
    <div key={language} className="grid gap-6">
      <BudgetsSection scope={{ clientId }} />
      <MoneyData>
        {({ currencies, rates, currencyOf }) => {
          const own = currencyOf(null);
          return (
            <>
              {manages && (
                <CurrencyForm
                  clientId={clientId}
                  setting={currencies.find((one) => one.clientId === clientId) ?? null}
                  hint={t.money.currencyHint}
                  none={own ? t.money.currencyOfWorkspace(own) : t.money.noCurrency}
                />
              )}
              <Rates
                rates={rates.filter((rate) => rate.clientId === clientId)}
                scope={{ clientId }}
                currencyOf={currencyOf}
              />
            </>
          );
        }}
      </MoneyData>
    </div>
  );
}

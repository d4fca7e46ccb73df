import { formatMoney } from '@/lib/money';

interface AmountsProps {
  amounts: readonly { currency: string; amount: string }[];
}

/** Money, each currency in a line of its own: sums of several currencies mean nothing. */
export function Amounts({ amounts }: AmountsProps) {
  return amounts.map(({ currency, amount }) => (
    <span key={currency} className="block whitespace-nowrap tabular">
      {formatMoney(amount, currency)}
    </span>
  ));
}

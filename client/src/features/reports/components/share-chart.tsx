import { useId } from 'react';
import { Duration } from '@/components/duration';
import { cn } from '@/lib/cn';
import { apportion, shownUnit } from '@/lib/time/apportion';
import { formatDuration } from '@/lib/time/format';
import { t } from '@/messages/later';
import { slice, type Part } from '../chart';
import type { Step } from '../drill';
import { formatTenths } from '../labels';
import type { ReportSearch } from '../search';
import { Figure } from './figure';
import { fillOf, Fillings, Swatch } from './fillings';

const OUTER = 60;
const INNER = 38;

interface ShareChartProps {
  parts: readonly Part[];
  /** In seconds, as it is printed. */
  total: number;
  label: string;
  /** They do not add up to the total, so they are no slices of it. */
  overlap: boolean;
  active: string | null;
  onActive: (part: string | null) => void;
  drill: (steps: Step[]) => ReportSearch | null;
}

/** How the whole is shared out, with a legend that is the legend of the bars, too. */
export function ShareChart({ parts, total, label, overlap, active, onActive, drill }: ShareChartProps) {
  const id = useId();
  const unit = shownUnit();
  const lengths = parts.map(({ seconds }) => seconds);
  const shown = overlap
    ? lengths.map((seconds) => apportion([seconds], unit)[0] ?? 0)
    : apportion(lengths, unit, total);
  const sum = lengths.reduce((all, seconds) => all + seconds, 0);
  const ends = lengths.map(
    (_, index) => lengths.slice(0, index + 1).reduce((all, one) => all + one, 0) / sum,
  );
  const dim = (part: Part) => active !== null && active !== part.id;

  return (
    <div
      className="grid items-center gap-4 @md:grid-cols-[auto_minmax(0,1fr)] @3xl:gap-10"
      data-chart="share"
    >
      {!overlap && (
        <svg
          viewBox="-64 -64 128 128"
          aria-hidden
          className="mx-auto size-40 @md:size-44"
          onPointerLeave={() => onActive(null)}
        >
          <Fillings id={id} parts={parts} />
          {parts.map((part, index) => (
            <path
              key={part.id}
              d={slice(ends[index - 1] ?? 0, ends[index] ?? 1, OUTER, INNER)}
              fill={fillOf(id, part)}
              stroke="var(--surface)"
              strokeWidth={parts.length > 1 ? 1.5 : 0}
              opacity={dim(part) ? 0.3 : 1}
              onPointerEnter={() => onActive(part.id)}
            />
          ))}
          <text textAnchor="middle" y={5} className="fill-foreground text-[15px] font-semibold tabular">
            {formatDuration(total)}
          </text>
        </svg>
      )}
      <ul
        aria-label={label}
        className="grid gap-x-10 gap-y-0.5 text-[0.8125rem] @3xl:grid-cols-2"
        onPointerLeave={() => onActive(null)}
      >
        {overlap && (
          <svg aria-hidden width="0" height="0" className="absolute">
            <Fillings id={id} parts={parts} />
          </svg>
        )}
        {parts.map((part, index) => (
          <li
            key={part.id}
            onPointerEnter={() => onActive(part.id)}
            className={cn(
              'relative grid grid-cols-[auto_minmax(0,1fr)_auto_3.25rem] items-center gap-2 rounded-md px-1.5 py-0.5 transition-opacity',
              dim(part) && 'opacity-50',
            )}
          >
            <Swatch id={id} part={part} />
            <bdi className="truncate" title={part.label}>
              {part.label}
            </bdi>
            <Figure to={part.step && drill([part.step])} name={part.label} className="font-medium">
              <Duration seconds={shown[index] ?? 0} exact={part.seconds} />
            </Figure>
            <span className="text-right text-muted-foreground tabular">{formatTenths(part.share)}</span>
          </li>
        ))}
      </ul>
      {overlap && <p className="text-xs text-muted-foreground">{t.reports.overlap}</p>}
    </div>
  );
}

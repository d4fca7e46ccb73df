import { Link } from '@tanstack/react-router';
import { useId, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { Duration } from '@/components/duration';
import { useWidth } from '@/hooks/use-width';
import { cn } from '@/lib/cn';
import { formatDuration, formatDurationWords } from '@/lib/time/format';
import { t } from '@/messages/later';
import { labelStep, type Bar, type Chart, type Part } from '../chart';
import type { Step } from '../drill';
import type { ReportSearch } from '../search';
import { fillOf, Fillings, Swatch } from './fillings';

const TOP = 20;
const BOTTOM = 24;
/** On a phone. */
const LOW = 220;
/** As high as the share beside it, with a line for each part. */
const HIGH = { least: 280, base: 176, part: 30 };
const WIDE = 520;
const MAX_BAR = 56;
/** The room for the words of the scale, in pixels. */
const MARK_GAP = 12;
const MARK_CHARACTER = 6.5;
/** A label over a bar needs so much room, in pixels. */
const VALUE_WIDTH = 40;

interface BarChartProps {
  chart: Chart;
  /** What it shows, in words. */
  label: string;
  /** The part that the pointer is on, here or in the legend. */
  active: string | null;
  onActive: (part: string | null) => void;
  drill: (steps: Step[]) => ReportSearch | null;
}

/** A bar for each stretch of time, made of parts. Each bar leads to its entries; so does each part under the pointer. */
export function BarChart({ chart, label, active, onActive, drill }: BarChartProps) {
  const { bars, parts, scale, overlap } = chart;
  const id = useId();
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame, 720);
  const [current, setCurrent] = useState<string | null>(null);
  const [stop, setStop] = useState(0);
  const high = Math.max(HIGH.least, HIGH.base + (overlap ? 0 : parts.length * HIGH.part));
  const height = width >= WIDE ? high : LOW;
  const marks = scale.ticks.map((seconds) => (seconds === 0 ? '0' : formatDurationWords(seconds)));
  const left = MARK_GAP + MARK_CHARACTER * Math.max(...marks.map((mark) => mark.length));
  const room = height - TOP - BOTTOM;
  const plot = Math.max(1, width - left);
  const slot = plot / Math.max(1, bars.length);
  const thickness = Math.max(1, Math.min(MAX_BAR, slot * (bars.length > 40 ? 0.84 : 0.68)));
  const y = (seconds: number) => TOP + room - (seconds / scale.top) * room;
  const each = labelStep(bars, plot);
  const shown = bars.find((bar) => bar.id === current);
  const shownAt = bars.findIndex((bar) => bar.id === current);

  return (
    <div ref={frame} className="relative" data-chart="bars">
      <svg aria-hidden viewBox={`0 0 ${width} ${height}`} className="block h-auto w-full">
        <Fillings id={id} parts={parts} />
        {scale.ticks.map((seconds, index) => (
          <g key={seconds}>
            <line
              x1={left}
              x2={width}
              y1={y(seconds)}
              y2={y(seconds)}
              stroke="var(--border)"
              strokeDasharray={seconds === 0 ? undefined : '2 4'}
            />
            <text
              x={left - 8}
              y={y(seconds) + 4}
              textAnchor="end"
              className="fill-muted-foreground text-[11px] tabular"
            >
              {marks[index]}
            </text>
          </g>
        ))}
        {bars.map((bar, index) => {
          const x = left + index * slot + (slot - thickness) / 2;
          return (
            <g key={bar.id}>
              {current === bar.id && (
                <rect x={left + index * slot} y={TOP} width={slot} height={room} fill="var(--muted)" />
              )}
              <Pieces bar={bar} x={x} width={thickness} y={y} id={id} active={active} overlap={overlap} />
              {bar.seconds > 0 && slot >= VALUE_WIDTH && (
                <text
                  x={x + thickness / 2}
                  y={y(bar.seconds) - 6}
                  textAnchor="middle"
                  className="fill-foreground text-[11px] font-medium tabular"
                >
                  {formatDuration(bar.shown)}
                </text>
              )}
              {index % each === 0 && (
                <text
                  x={left + (index + 0.5) * slot}
                  y={height - 6}
                  textAnchor="middle"
                  className="fill-muted-foreground text-[11px]"
                >
                  {bar.axis}
                </text>
              )}
            </g>
          );
        })}
      </svg>
      {/* One stop for all bars; the arrows go from one to the next. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <ul aria-label={label} onKeyDown={moveBetweenBars} onPointerLeave={() => setCurrent(null)}>
        {bars.map((bar, index) => {
          const to = bar.seconds > 0 ? drill([bar.step]) : null;
          const name = barName(bar);
          const area = {
            style: {
              left: `${((left + index * slot) / width) * 100}%`,
              width: `${(slot / width) * 100}%`,
              top: `${(TOP / height) * 100}%`,
              height: `${(room / height) * 100}%`,
            },
            tabIndex: index === Math.min(stop, bars.length - 1) ? 0 : -1,
            'data-bar': bar.id,
            onFocus: () => {
              setStop(index);
              setCurrent(bar.id);
            },
            onBlur: () => setCurrent(null),
            onPointerMove: (event: PointerEvent<HTMLElement>) => {
              setCurrent(bar.id);
              onActive(partAt(event, bar, scale.top)?.id ?? null);
            },
            onPointerLeave: () => onActive(null),
          };
          const over = bar.parts.find(({ part }) => part.id === active && current === bar.id)?.part;
          const precise = over?.step && !overlap ? drill([bar.step, over.step]) : null;
          return (
            <li key={bar.id}>
              {to ? (
                <Link
                  {...area}
                  className="absolute rounded-md outline-offset-[-2px]"
                  to="/reports"
                  search={precise ?? to}
                  preload={false}
                  aria-label={name}
                />
              ) : (
                // Without entries, or without a filter that tells exactly them, it is still read.
                <span
                  {...area}
                  role="img"
                  aria-label={name}
                  className="absolute rounded-md outline-offset-[-2px]"
                />
              )}
            </li>
          );
        })}
      </ul>
      {shown && (
        <div
          aria-hidden
          className="pointer-events-none absolute z-10 min-w-44 rounded-lg border bg-surface px-3 py-2 text-[0.8125rem] shadow-pop"
          style={tipPlace((left + (shownAt + 0.5) * slot) / width, width)}
        >
          <p className="mb-1 flex items-baseline justify-between gap-4 font-semibold">
            <span>{shown.label}</span>
            <Duration seconds={shown.shown} />
          </p>
          {[...shown.parts].reverse().map(({ part, seconds }) => (
            <p
              key={part.id}
              className={cn(
                'flex max-w-72 items-center gap-2',
                active !== null && active !== part.id && 'opacity-50',
              )}
            >
              <Swatch id={id} part={part} />
              <span className="min-w-0 flex-1 truncate">{part.label}</span>
              <Duration seconds={seconds} />
            </p>
          ))}
          {shown.seconds === 0 && <p className="text-muted-foreground">{t.reports.barNothing}</p>}
        </div>
      )}
    </div>
  );
}

/** Beside the bar, on the side where there is room; on a phone on the other half. */
function tipPlace(at: number, width: number) {
  if (width < WIDE) return at < 0.5 ? { right: 0, top: 0 } : { left: 0, top: 0 };
  return at < 0.5
    ? { left: `calc(${at * 100}% + 1.5rem)`, top: '0.5rem' }
    : { right: `calc(${(1 - at) * 100}% + 1.5rem)`, top: '0.5rem' };
}

function barName(bar: Bar): string {
  if (bar.seconds === 0) return t.reports.bar(bar.label, t.reports.barNothing);
  const parts = [...bar.parts]
    .reverse()
    .map(({ part, seconds }) => t.reports.bar(part.label, formatDurationWords(seconds)));
  const length = formatDurationWords(bar.shown);
  return [t.reports.bar(bar.label, length), ...parts].join('; ');
}

/** What the pointer is on. */
function partAt(event: PointerEvent<HTMLElement>, bar: Bar, top: number): Part | undefined {
  const box = event.currentTarget.getBoundingClientRect();
  const height = ((box.bottom - event.clientY) / Math.max(1, box.height)) * top;
  let sum = 0;
  return bar.parts.find(({ seconds }) => {
    sum += seconds;
    return height <= sum;
  })?.part;
}

function moveBetweenBars(event: KeyboardEvent<HTMLUListElement>): void {
  const bars = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-bar]')];
  const at = bars.indexOf(event.target as HTMLElement);
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: bars.length - 1 }[event.key];
  if (to === undefined || at === -1) return;
  event.preventDefault();
  bars[to]?.focus();
}

interface PiecesProps {
  bar: Bar;
  x: number;
  width: number;
  y: (seconds: number) => number;
  id: string;
  active: string | null;
  overlap: boolean;
}

/** A bar. Its parts stand on each other; of parts that overlap only the whole is drawn. */
function Pieces({ bar, x, width, y, id, active, overlap }: PiecesProps) {
  if (bar.parts.length === 0 || overlap)
    return (
      <rect
        x={x}
        y={y(bar.seconds)}
        width={width}
        height={y(0) - y(bar.seconds)}
        rx={2}
        fill="var(--primary)"
      />
    );
  const ends = bar.parts.map((_, index) =>
    bar.parts.slice(0, index + 1).reduce((sum, { seconds }) => sum + seconds, 0),
  );
  return bar.parts.map(({ part, seconds }, index) => {
    const end = ends[index] ?? seconds;
    const [top, foot] = [y(end), y(end - seconds)];
    // A line of the background between the parts, where there is room for one.
    const gap = index > 0 && foot - top > 3 ? 1 : 0;
    return (
      <rect
        key={part.id}
        x={x}
        y={top}
        width={width}
        height={Math.max(0.5, foot - top - gap)}
        fill={fillOf(id, part)}
        opacity={active === null || active === part.id ? 1 : 0.3}
      />
    );
  });
}

/** What parts of a chart are filled with: a colour and a pattern, so that they are told apart without their colours. */
import type { Part } from '../chart';

const SIZE = 8;

/** The lines of each pattern within its square; the first is plain. */
const LINES = [
  '',
  'M-2 2 L2 -2 M0 8 L8 0 M6 10 L10 6',
  'M2 2 h1.6 M6 6 h1.6',
  'M0 4 H8',
  'M0 0 L8 8 M-2 6 L2 10 M6 -2 L10 2',
  'M4 0 V8',
  'M0 4 H8 M4 0 V8',
  'M0 0 L8 8 M0 8 L8 0',
];

export function fillOf(id: string, { pattern }: Pick<Part, 'pattern'>): string {
  return `url(#${id}-${pattern % LINES.length})`;
}

/** The fillings of some parts, under names that begin with `id`. */
export function Fillings({ id, parts }: { id: string; parts: readonly Part[] }) {
  return (
    <defs>
      {parts.map(({ pattern, color }) => {
        const lines = LINES[pattern % LINES.length] ?? '';
        return (
          <pattern
            key={pattern}
            id={`${id}-${pattern % LINES.length}`}
            width={SIZE}
            height={SIZE}
            patternUnits="userSpaceOnUse"
          >
            <rect width={SIZE} height={SIZE} fill={color} />
            {lines && (
              <path
                d={lines}
                stroke="#fff"
                strokeOpacity={0.75}
                strokeWidth={lines.startsWith('M2 2') ? 2.4 : 1.4}
                strokeLinecap={lines.startsWith('M2 2') ? 'round' : 'butt'}
                fill="none"
              />
            )}
          </pattern>
        );
      })}
    </defs>
  );
}

/** A small piece of a filling, beside its name. */
export function Swatch({ id, part }: { id: string; part: Part }) {
  return (
    <svg aria-hidden width="14" height="14" className="shrink-0 rounded-[3px]">
      <rect width="14" height="14" fill={fillOf(id, part)} />
    </svg>
  );
}

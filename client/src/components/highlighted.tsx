import { highlight } from '@/lib/rank';

/** A text with the parts that fit what was typed. */
export function Highlighted({ text, typed }: { text: string; typed: string }) {
  return highlight(text, typed).map((part, index) =>
    part.fits ? (
      <mark key={index} className="bg-transparent font-semibold text-primary">
        {part.text}
      </mark>
    ) : (
      part.text
    ),
  );
}

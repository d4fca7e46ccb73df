import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';
import { Check } from 'lucide-react';
import { palette } from '@/lib/colors';
import { ColorDot } from './color-dot';
import { Input } from './ui/input';
import { t } from '@/messages/later';

interface ColorPickerProps {
  label: string;
  value: string | null;
  onChange: (color: string | null) => void;
  /** What no colour of its own means; without it a colour is always chosen. */
  inherit?: { label: string; color: string };
}

/** The palette, and any other colour. */
export function ColorPicker({ label, value, onChange, inherit }: ColorPickerProps) {
  const known = palette.some((color) => color.value === value);
  return (
    <div className="grid gap-2">
      <RadioGroup
        aria-label={label}
        value={value ?? ''}
        onValueChange={(next) => onChange(next === '' ? null : next)}
        className="flex flex-wrap gap-1.5"
      >
        {inherit && (
          <Radio.Root
            value=""
            className="flex h-8 items-center gap-2 rounded-lg border border-input px-2.5 text-[0.8125rem] data-checked:border-primary data-checked:bg-accent"
          >
            <ColorDot color={inherit.color} />
            {inherit.label}
          </Radio.Root>
        )}
        {palette.map((color) => (
          <Radio.Root
            key={color.value}
            value={color.value}
            aria-label={t.colors[color.value]}
            title={t.colors[color.value]}
            className="relative flex size-8 items-center justify-center rounded-lg"
          >
            <ColorDot color={color.value} className="size-7" />
            <Radio.Indicator className="absolute flex text-white">
              <Check aria-hidden className="size-4" strokeWidth={3} />
            </Radio.Indicator>
          </Radio.Root>
        ))}
      </RadioGroup>
      <label className="flex items-center gap-2 text-[0.8125rem] text-muted-foreground">
        {t.form.otherColour}
        <Input
          type="color"
          value={value ?? inherit?.color ?? palette[0].value}
          onChange={(event) => onChange(event.currentTarget.value)}
          className="h-7 w-10 cursor-pointer p-0.5"
        />
        {!known && value && <span className="tabular">{value}</span>}
      </label>
    </div>
  );
}

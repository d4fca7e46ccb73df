import { Monitor, Moon, Sun } from 'lucide-react';
import type { ReactNode } from 'react';
import { CommittedInput } from '@/components/committed-input';
import { Field } from '@/components/ui/field';
import { NativeSelect } from '@/components/ui/input';
import { Segmented } from '@/components/ui/segmented';
import { SwitchField } from '@/components/ui/switch-field';
import { useChoosePreferences, useChooseTheme } from '@/entities/me/use-settings';
import { usePreferences } from '@/hooks/use-preferences';
import { useTheme, type Theme } from '@/hooks/use-theme';
import { MAX_DAILY_HOURS, type Preferences } from '@/lib/preferences';
import { locale } from '@/lib/time/format';
import { t } from '@/messages/later';

/** How things are shown to this person. */
export function Appearance() {
  const theme = useTheme();
  const preferences = usePreferences();
  const choose = useChoosePreferences();
  const chooseTheme = useChooseTheme();
  const { settings } = t;
  const icons: Record<Theme, ReactNode> = {
    system: <Monitor aria-hidden />,
    light: <Sun aria-hidden />,
    dark: <Moon aria-hidden />,
  };
  return (
    <section aria-labelledby="looks" className="rounded-xl border bg-surface p-4 shadow-card sm:p-5">
      <h2 id="looks" className="font-semibold">
        {settings.appearance}
      </h2>
      <div className="mt-3 grid gap-4 sm:grid-cols-2">
        <Choice label={settings.theme}>
          <Segmented<Theme>
            label={settings.theme}
            value={theme}
            onChange={chooseTheme}
            options={(['system', 'light', 'dark'] as const).map((value) => ({
              value,
              label: (
                <>
                  {icons[value]} {settings.themes[value]}
                </>
              ),
            }))}
          />
        </Choice>
        <Choice label={settings.density}>
          <Segmented<Preferences['density']>
            label={settings.density}
            value={preferences.density}
            onChange={(density) => choose({ density })}
            options={options(settings.densities)}
          />
        </Choice>
        <Select
          label={settings.language}
          value={preferences.language}
          choices={settings.languages}
          onChange={(language) => choose({ language })}
        />
        <Select
          label={settings.clock}
          value={preferences.clock}
          choices={settings.clocks}
          onChange={(clock) => choose({ clock })}
        />
        <Select
          label={settings.weekStart}
          value={preferences.weekStart}
          choices={settings.weekStarts}
          onChange={(weekStart) => choose({ weekStart })}
        />
        <Select
          label={settings.duration}
          value={preferences.duration}
          choices={settings.durations}
          onChange={(duration) => choose({ duration })}
        />
        <Field label={settings.target} hint={settings.targetHint}>
          {(field) => (
            <CommittedInput
              {...field}
              inputMode="decimal"
              maxLength={8}
              value={preferences.dailyHours?.toLocaleString(locale(), { maximumFractionDigits: 6 }) ?? ''}
              canRead={(text) => readHours(text) !== undefined}
              example={settings.targetExample}
              onCommit={(text) => choose({ dailyHours: readHours(text) ?? null })}
            />
          )}
        </Field>
      </div>
      <SwitchField
        id="shortcuts"
        label={settings.shortcuts}
        hint={settings.shortcutsHint}
        checked={preferences.shortcuts}
        onCheckedChange={(shortcuts) => choose({ shortcuts })}
        className="mt-4"
      />
      <SwitchField
        id="fold"
        label={settings.fold}
        hint={settings.foldHint}
        checked={preferences.fold}
        onCheckedChange={(fold) => choose({ fold })}
        className="mt-4"
      />
    </section>
  );
}

/** Hours of a day, with a point or a comma; null for none, undefined for what is no such number. */
function readHours(text: string): number | null | undefined {
  const typed = text.trim().replace(',', '.');
  if (typed === '') return null;
  const hours = /^[\d.]+$/.test(typed) ? Number(typed) : 0;
  return hours > 0 && hours <= MAX_DAILY_HOURS ? hours : undefined;
}

function options<T extends string>(labels: Record<T, string>): { value: T; label: string }[] {
  return (Object.keys(labels) as T[]).map((value) => ({ value, label: labels[value] }));
}

function Choice({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="grid content-start justify-items-start gap-1.5">
      <span className="text-sm font-medium">{label}</span>
      {children}
    </div>
  );
}

interface SelectProps<T extends string> {
  label: string;
  value: T;
  choices: Record<T, string>;
  onChange: (value: T) => void;
}

function Select<T extends string>({ label, value, choices, onChange }: SelectProps<T>) {
  return (
    <Field label={label}>
      {(field) => (
        <NativeSelect {...field} value={value} onChange={(event) => onChange(event.currentTarget.value as T)}>
          {options(choices).map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.label}
            </option>
          ))}
        </NativeSelect>
      )}
    </Field>
  );
}

import { NativeSelect } from './ui/input';

interface TimeZoneSelectProps {
  id?: string;
  value: string;
  onChange: (timeZone: string) => void;
  'aria-invalid'?: boolean;
  'aria-describedby'?: string | undefined;
}

const zones = Intl.supportedValuesOf('timeZone');

/** Every zone the browser knows, and the one in use when it is another. */
export function TimeZoneSelect({ value, onChange, ...props }: TimeZoneSelectProps) {
  const names = [...new Set(['UTC', ...zones, value])].sort();
  return (
    <NativeSelect {...props} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
      {names.map((name) => (
        <option key={name} value={name}>
          {name.replaceAll('_', ' ')}
        </option>
      ))}
    </NativeSelect>
  );
}

import { Switch as Base } from '@base-ui/react/switch';

interface SwitchProps {
  id?: string;
  checked: boolean;
  onCheckedChange: (checked: boolean) => void;
  'aria-label'?: string;
}

export function Switch(props: SwitchProps) {
  return (
    <Base.Root
      {...props}
      className="inline-flex h-5.5 w-9.5 shrink-0 items-center rounded-full bg-input p-0.5 transition-colors data-checked:bg-primary"
    >
      <Base.Thumb className="size-4.5 rounded-full bg-white shadow-sm transition-transform data-checked:translate-x-4" />
    </Base.Root>
  );
}

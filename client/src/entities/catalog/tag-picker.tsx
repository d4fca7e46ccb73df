import type { ReactElement } from 'react';
import { deferred } from '@/lib/deferred';
import { usePopup } from '@/components/ui/popup';

const part = deferred(() => import('./tag-panel'));

interface TagPickerProps {
  value: readonly string[];
  onChange: (tagIds: string[]) => void;
  trigger: ReactElement;
  /** Only what exists may be chosen: for filters. */
  existingOnly?: boolean;
}

/** Several tags out of all, with search; an unknown name becomes a tag. */
export function TagPicker({ value, onChange, trigger, existingOnly = false }: TagPickerProps) {
  const { button, loaded, panel } = usePopup('combobox', part, trigger);
  return (
    <>
      {button}
      {loaded && <loaded.TagPanel value={value} onChange={onChange} existingOnly={existingOnly} {...panel} />}
    </>
  );
}

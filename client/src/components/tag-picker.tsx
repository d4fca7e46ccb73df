import { useRender } from '@base-ui/react/use-render';
import type { ReactElement } from 'react';
import { deferred, useDeferred } from '@/lib/deferred';
import { usePopup } from './ui/popup';

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
  const popup = usePopup('combobox');
  const loaded = useDeferred(part, popup.needed);
  const button = useRender({ render: trigger, ref: popup.anchor, props: popup.trigger });
  return (
    <>
      {button}
      {loaded && (
        <loaded.TagPanel value={value} onChange={onChange} existingOnly={existingOnly} {...popup.panel} />
      )}
    </>
  );
}

import type { ReactElement, ReactNode } from 'react';
import { deferred } from '@/lib/deferred';
import { usePopup } from './popup';

const part = deferred(() => import('./menu-panel'));

export interface MenuItem {
  label: string;
  icon?: ReactNode;
  danger?: boolean;
  disabled?: boolean;
  onClick: () => void;
}

interface MenuProps {
  trigger: ReactElement;
  /** The entries; `null` is a line between two of them. */
  items: readonly (MenuItem | null)[];
  align?: 'start' | 'center' | 'end';
}

export function Menu({ trigger, ...props }: MenuProps) {
  const { button, loaded, panel } = usePopup('menu', part, trigger);
  return (
    <>
      {button}
      {loaded && <loaded.MenuPanel {...props} {...panel} />}
    </>
  );
}

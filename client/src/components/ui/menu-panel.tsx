import { Menu as Base } from '@base-ui/react/menu';
import { cn } from '@/lib/cn';
import type { MenuItem } from './menu';
import { focusAfter, type PanelProps } from './popup';

interface MenuPanelProps extends PanelProps {
  items: readonly (MenuItem | null)[];
  align?: 'start' | 'center' | 'end';
}

/** What opens at the button of a menu. */
export function MenuPanel({ id, anchor, items, align = 'end', ...state }: MenuPanelProps) {
  return (
    <Base.Root {...state}>
      <Base.Portal>
        <Base.Positioner anchor={anchor} sideOffset={4} align={align} collisionPadding={8} className="z-50">
          <Base.Popup
            id={id}
            finalFocus={focusAfter({ id, anchor })}
            className="max-h-(--available-height) max-w-(--available-width) min-w-44 popup-motion overflow-y-auto rounded-xl border bg-surface p-1 shadow-pop outline-none"
          >
            {items.map((item, index) =>
              item === null ? (
                <Base.Separator key={index} className="-mx-1 my-1 h-px bg-border" />
              ) : (
                <Base.Item
                  key={index}
                  disabled={item.disabled ?? false}
                  onClick={item.onClick}
                  className={cn(
                    'flex h-9 items-center gap-2.5 rounded-lg px-2.5 text-sm outline-none data-disabled:opacity-50 data-highlighted:bg-muted [&_svg]:size-4 [&_svg]:shrink-0',
                    item.danger ? 'text-danger' : '[&_svg]:text-muted-foreground',
                  )}
                >
                  {item.icon}
                  <span className="truncate">{item.label}</span>
                </Base.Item>
              ),
            )}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode, RefObject } from 'react';
import { cn } from '@/lib/cn';
import { Button } from './button';
import { t } from '@/messages/later';

interface DialogProps {
  open: boolean;
  /** `reason` is `outside-press` for a click beside the dialog. */
  onOpenChange: (open: boolean, details: { reason: string }) => void;
  title: ReactNode;
  /** The title is only for screen readers. */
  titleHidden?: boolean;
  description?: ReactNode;
  children: ReactNode;
  initialFocus?: RefObject<HTMLElement | null>;
  className?: string;
  /** It is only read: nothing in it takes the focus. */
  textOnly?: boolean;
}

/** A modal dialog; on a phone it is a sheet at the lower edge. */
export function Dialog({
  open,
  onOpenChange,
  title,
  titleHidden = false,
  description,
  children,
  initialFocus,
  className,
  textOnly = false,
}: DialogProps) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-black/40 transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0 dark:bg-black/60" />
        <Base.Popup {...(initialFocus ? { initialFocus } : {})} className={cn('dialog', className)}>
          <div
            className={cn(
              'flex items-start gap-4 px-5 pt-4 pb-2',
              titleHidden && 'absolute top-0 right-0 z-10 pt-1.5 pr-3',
            )}
          >
            <div className="min-w-0 flex-1 pt-1">
              <Base.Title className={titleHidden ? 'sr-only' : 'text-base font-semibold'}>{title}</Base.Title>
              {description && (
                <Base.Description className="mt-1 text-sm text-muted-foreground">
                  {description}
                </Base.Description>
              )}
            </div>
            <Base.Close
              render={
                <Button variant="ghost" size="icon-sm" aria-label={t.action.close} className="-mr-1.5">
                  <X />
                </Button>
              }
            />
          </div>
          <div
            // Without anything in it that takes the focus, the keys that scroll it need a stop.
            // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
            tabIndex={textOnly ? 0 : undefined}
            className="min-h-0 flex-1 overflow-y-auto px-5 pt-1 pb-5"
          >
            {children}
          </div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

/** The row of buttons that ends a dialog. */
export function DialogActions({ className, children }: { className?: string; children: ReactNode }) {
  return <div className={cn('dialog-actions', className)}>{children}</div>;
}

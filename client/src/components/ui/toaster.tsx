import { Toast } from '@base-ui/react/toast';
import { useEffect } from 'react';
import { CircleAlert, CircleCheck, X } from 'lucide-react';
import { Button } from './button';
import { showToasts } from './toast';
import { t } from '@/messages/first';

const manager = Toast.createToastManager();

function Toasts() {
  const { toasts } = Toast.useToastManager();
  return toasts.map((item) => (
    <Toast.Root
      key={item.id}
      toast={item}
      data-toast
      swipeDirection={['right', 'down']}
      className="pointer-events-auto w-full rounded-xl border bg-surface shadow-pop transition-all duration-200 data-ending-style:translate-y-2 data-ending-style:opacity-0 data-limited:hidden data-starting-style:translate-y-4 data-starting-style:opacity-0"
    >
      <Toast.Content className="flex items-center gap-3 py-2.5 pr-2 pl-3.5">
        {item.type === 'error' ? (
          <CircleAlert className="size-5 shrink-0 text-danger" aria-hidden />
        ) : (
          <CircleCheck className="size-5 shrink-0 text-success" aria-hidden />
        )}
        <div className="min-w-0 flex-1 py-1">
          <Toast.Title className="text-sm font-medium" />
          <Toast.Description className="mt-0.5 text-[0.8125rem] break-words text-muted-foreground" />
        </div>
        <Toast.Action render={<Button size="sm" />} />
        <Toast.Close
          render={
            <Button variant="ghost" size="icon-sm" aria-label={t.action.dismiss}>
              <X />
            </Button>
          }
        />
      </Toast.Content>
    </Toast.Root>
  ));
}

export function ToastArea() {
  // The provider listens from its own effect on, which comes before this one; what is added earlier is lost.
  useEffect(() => showToasts(manager), []);
  return (
    <Toast.Provider toastManager={manager} limit={3} timeout={7_000}>
      <Toast.Portal>
        <Toast.Viewport className="pointer-events-none fixed right-4 bottom-20 left-4 z-60 flex flex-col-reverse gap-2 sm:left-auto sm:w-96 md:bottom-6">
          <Toasts />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

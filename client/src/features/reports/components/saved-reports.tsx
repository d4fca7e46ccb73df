import { useQuery } from '@tanstack/react-query';
import { Link, useRouter } from '@tanstack/react-router';
import { Bookmark, CalendarClock, Check, Link2, Pencil, Plus, Trash2, Users } from 'lucide-react';
import { errorMessage } from '@/api/errors';
import { DeleteDialog } from '@/components/delete-dialog';
import { Button } from '@/components/ui/button';
import { Popover } from '@/components/ui/popover';
import { toast } from '@/components/ui/toast';
import { meQuery } from '@/entities/me/me';
import { useKeptState } from '@/hooks/use-kept';
import { cn } from '@/lib/cn';
import { deferred, useDeferred } from '@/lib/deferred';
import { t } from '@/messages/later';
import { savedReportsQuery, useSavedReports, type SavedReport } from '../saved';
import { readReportSearch, type ReportSearch } from '../search';
import { SavedReportDialog } from './saved-report-dialog';

const linksPart = deferred(() => import('./report-links'));
const schedulesPart = deferred(() => import('./report-schedules'));

type Open =
  { dialog: 'list' | 'save' } | { dialog: 'change' | 'delete' | 'links' | 'schedules'; saved: SavedReport };

/** The saved reports, to open, change and delete, and what is shown, to be saved. */
export function SavedReports({ search }: { search: ReportSearch }) {
  const { options } = useRouter();
  const { remove } = useSavedReports();
  const [open, setOpen] = useKeptState<Open | null>('saved', null);
  const close = () => setOpen(null);
  const shown = options.stringifySearch({ ...search });
  const saved = open !== null && 'saved' in open ? open.saved : null;
  const links = useDeferred(linksPart, open?.dialog === 'links');
  const schedules = useDeferred(schedulesPart, open?.dialog === 'schedules');
  return (
    <>
      <Popover
        title={t.reports.saved.title}
        align="end"
        className="w-80"
        open={open?.dialog === 'list'}
        onOpenChange={(next) =>
          setOpen((before) => (next ? { dialog: 'list' } : before?.dialog === 'list' ? null : before))
        }
        trigger={
          <Button
            variant="ghost"
            className="px-2.5 print:hidden"
            aria-label={t.reports.saved.title}
            title={t.reports.saved.title}
          >
            <Bookmark aria-hidden />
          </Button>
        }
      >
        <SavedList shown={shown} onOpen={setOpen} />
      </Popover>
      {open?.dialog === 'save' && <SavedReportDialog saved={null} shown={shown.slice(1)} onClose={close} />}
      {saved && open?.dialog === 'change' && (
        <SavedReportDialog saved={saved} shown={shown.slice(1)} onClose={close} />
      )}
      {saved && links && <links.ReportLinks report={saved} onClose={close} />}
      {saved && schedules && <schedules.ReportSchedules report={saved} onClose={close} />}
      {saved && open?.dialog === 'delete' && (
        <DeleteDialog
          name={saved.name}
          confirm={t.reports.saved.delete}
          onDelete={() => remove(saved)}
          onClose={close}
          onDeleted={() => toast.success(t.reports.saved.deleted(saved.name))}
        >
          {saved.shared ? t.reports.saved.deleteSharedHint : t.reports.saved.deleteHint}
        </DeleteDialog>
      )}
    </>
  );
}

function SavedList({ shown, onOpen }: { shown: string; onOpen: (open: Open | null) => void }) {
  const { options } = useRouter();
  const list = useQuery(savedReportsQuery);
  const me = useQuery(meQuery).data?.user.id;
  const sorted = [...(list.data ?? [])].sort((a, b) => a.name.localeCompare(b.name));
  return (
    <div className="grid gap-2">
      <h2 className="px-1 text-sm font-semibold">{t.reports.saved.title}</h2>
      {list.isPending && <p className="px-1 text-sm text-muted-foreground">{t.reports.saved.loading}</p>}
      {list.isError && (
        <p role="alert" className="px-1 text-sm text-danger">
          {errorMessage(list.error)}
        </p>
      )}
      {list.data?.length === 0 && (
        <p className="px-1 text-sm text-muted-foreground">{t.reports.saved.none}</p>
      )}
      {sorted.length > 0 && (
        <ul aria-label={t.reports.saved.title} className="-mx-1 grid max-h-80 gap-0.5 overflow-y-auto">
          {sorted.map((saved) => {
            const to = readReportSearch(options.parseSearch(`?${saved.query}`));
            const isShown = options.stringifySearch({ ...to }) === shown;
            const isOwn = saved.memberId === me;
            return (
              <li key={saved.id} className="flex min-w-0 items-center rounded-lg hover:bg-muted/60">
                <Link
                  to="/reports"
                  search={to}
                  preload={false}
                  onClick={() => onOpen(null)}
                  aria-current={isShown ? 'true' : undefined}
                  className={cn(
                    'flex h-9 min-w-0 flex-1 items-center gap-2 rounded-lg px-2 text-sm [&_svg]:size-4 [&_svg]:shrink-0',
                    isShown && 'font-medium text-accent-foreground',
                  )}
                >
                  <bdi className="truncate">{saved.name}</bdi>
                  {saved.shared && (
                    <span title={t.reports.saved.isShared} className="text-muted-foreground">
                      <Users aria-hidden />
                      <span className="sr-only">{t.reports.saved.isShared}</span>
                    </span>
                  )}
                  {isShown && <Check aria-hidden className="ml-auto" />}
                </Link>
                {isOwn && (
                  <>
                    <Button
                      variant="ghost"
                      size="icon-sm"
                      aria-label={t.reports.saved.linkOne(saved.name)}
                      title={t.reports.saved.link}
                      onClick={() => onOpen({ dialog: 'links', saved })}
                    >
                      <Link2 aria-hidden />
                    </Button>
                    <Button
                      variant="ghost"
                      size="icon-sm"
                      aria-label={t.reports.saved.scheduleOne(saved.name)}
                      title={t.reports.saved.schedule}
                      onClick={() => onOpen({ dialog: 'schedules', saved })}
                    >
                      <CalendarClock aria-hidden />
                    </Button>
                    <Button
                      variant="ghost"
                      size="icon-sm"
                      aria-label={t.reports.saved.changeOne(saved.name)}
                      title={t.reports.saved.change}
                      onClick={() => onOpen({ dialog: 'change', saved })}
                    >
                      <Pencil aria-hidden />
                    </Button>
                    <Button
                      variant="ghost"
                      size="icon-sm"
                      aria-label={t.reports.saved.deleteOne(saved.name)}
                      title={t.reports.saved.delete}
                      onClick={() => onOpen({ dialog: 'delete', saved })}
                    >
                      <Trash2 aria-hidden />
                    </Button>
                  </>
                )}
              </li>
            );
          })}
        </ul>
      )}
      <Button onClick={() => onOpen({ dialog: 'save' })}>
        <Plus aria-hidden /> {t.reports.saved.saveShown}
      </Button>
    </div>
  );
}

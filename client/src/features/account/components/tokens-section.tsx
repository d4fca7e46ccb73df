import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { KeyRound, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { body, http } from '@/api/http';
import { keys } from '@/api/keys';
import { untold } from '@/api/query-client';
import { serverNow } from '@/api/server-clock';
import type { Schemas } from '@/api/types';
import { DeleteDialog } from '@/components/delete-dialog';
import { Section } from '@/components/section';
import { ErrorState } from '@/components/states';
import { Button } from '@/components/ui/button';
import { SkeletonRows } from '@/components/ui/skeleton';
import { useTimeZone } from '@/entities/me/me';
import { useWorkspaces } from '@/entities/me/workspaces';
import { useKeptState } from '@/hooks/use-kept';
import { formatDayOf, formatMoment } from '@/lib/time/moment';
import { t } from '@/messages/account';
import { NewToken } from './token-dialog';
import { TokenSecret } from './token-secret';

const tokensQuery = queryOptions({
  queryKey: keys.tokens,
  queryFn: ({ signal }) => body(http.GET('/api/auth/tokens', { signal })),
  ...untold,
});

/** Tokens with which programs act as the user. */
export function TokensSection() {
  const client = useQueryClient();
  const tokens = useQuery(tokensQuery);
  const [creating, setCreating] = useKeptState('creating', false);
  const [made, setMade] = useState<Schemas['NewApiToken'] | null>(null);
  const [deleting, setDeleting] = useState<Schemas['ApiToken'] | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: keys.tokens });
  const remove = useMutation({
    mutationFn: (tokenId: string) =>
      body(http.DELETE('/api/auth/tokens/{tokenId}', { params: { path: { tokenId } } })),
    onSettled: refresh,
  });
  return (
    <Section
      id="tokens"
      title={t.tokens.title}
      hint={t.tokens.hint}
      action={
        <Button onClick={() => setCreating(true)}>
          <Plus aria-hidden /> {t.tokens.new}
        </Button>
      }
    >
      <div className="mt-3">
        {tokens.data ? (
          tokens.data.length === 0 ? (
            <p className="text-sm text-muted-foreground">{t.tokens.none}</p>
          ) : (
            <ul className="divide-y">
              {tokens.data.map((token) => (
                <TokenRow key={token.id} token={token} onDelete={() => setDeleting(token)} />
              ))}
            </ul>
          )
        ) : tokens.isError ? (
          <ErrorState error={tokens.error} onRetry={() => void tokens.refetch()} />
        ) : (
          <SkeletonRows rows={1} label={t.auth.loading} />
        )}
      </div>
      {creating && (
        <NewToken
          onClose={() => setCreating(false)}
          onMade={(token) => {
            setMade(token);
            void refresh();
          }}
        />
      )}
      {made && <TokenSecret made={made} onClose={() => setMade(null)} />}
      {deleting && (
        <DeleteDialog
          name={deleting.name}
          confirm={t.tokens.delete}
          onDelete={() => remove.mutateAsync(deleting.id)}
          onClose={() => setDeleting(null)}
        >
          {t.tokens.deleteHint}
        </DeleteDialog>
      )}
    </Section>
  );
}

function TokenRow({ token, onDelete }: { token: Schemas['ApiToken']; onDelete: () => void }) {
  const zone = useTimeZone();
  const workspaces = useWorkspaces().data;
  const workspace =
    token.workspaceId === null ? null : workspaces?.find(({ id }) => id === token.workspaceId)?.name;
  const scope = t.tokens.scopes[token.scope as keyof typeof t.tokens.scopes] ?? token.scope;
  const isOver = token.expiresAt !== null && Date.parse(token.expiresAt) < serverNow();
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 py-2.5">
      <KeyRound aria-hidden className="size-5 shrink-0 text-muted-foreground" />
      <div className="min-w-0 flex-1 basis-52">
        <p className="truncate text-sm font-medium">
          <bdi>{token.name}</bdi>
        </p>
        <p className="text-[0.8125rem] text-muted-foreground">
          {[
            scope,
            workspace,
            token.expiresAt === null
              ? t.tokens.neverEnds
              : isOver
                ? t.tokens.over(formatDayOf(token.expiresAt, zone))
                : t.tokens.ends(formatDayOf(token.expiresAt, zone)),
            token.lastUsedAt === null ? t.tokens.unused : t.tokens.used(formatMoment(token.lastUsedAt, zone)),
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
      </div>
      <Button variant="ghost" size="icon-sm" aria-label={t.tokens.deleteLong(token.name)} onClick={onDelete}>
        <Trash2 aria-hidden />
      </Button>
    </li>
  );
}

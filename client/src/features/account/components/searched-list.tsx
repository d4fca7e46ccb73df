import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { Section } from '@/components/section';
import { Input } from '@/components/ui/input';
import { usePausedText } from '@/hooks/use-paused-text';
import type { PagesQuery } from '../api/administration';
import { PagedList } from '@/components/paged-list';

interface SearchedListProps<Row> {
  /** Unique on the page. */
  id: string;
  words: Record<'title' | 'hint' | 'search' | 'loading' | 'none' | 'more', string>;
  /** Asks for what has a text in it. */
  query: (text: string) => PagesQuery<Row>;
  /** About how many rows the first page has. */
  placeholders: number;
  children: (row: Row) => ReactNode;
}

/** A card with a list that is read in pages, and a field that finds rows by a text. */
export function SearchedList<Row>({ id, words, query, placeholders, children }: SearchedListProps<Row>) {
  const [text, setText] = useState('');
  const list = useInfiniteQuery({
    ...query(usePausedText(text.trim())),
    placeholderData: keepPreviousData,
  });
  return (
    <Section id={id} title={words.title} hint={words.hint}>
      <div role="search" className="mt-3">
        <Input
          type="search"
          aria-label={words.search}
          placeholder={words.search}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </div>
      <PagedList
        list={list}
        label={words.title}
        loading={words.loading}
        placeholders={placeholders}
        empty={words.none}
        more={words.more}
      >
        {children}
      </PagedList>
    </Section>
  );
}
